using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotTelemetry.Protocol.Tests;

/// <summary>The golden position in <c>protocol/vectors</c>, and messages that every reader of positions has to refuse. Written anew with WRITE_VECTORS=1.</summary>
public sealed class PositionVectorTests
{
    private static readonly bool IsWriting = Environment.GetEnvironmentVariable("WRITE_VECTORS") == "1";

    private static readonly string RefusedFile = Path.Combine(Repository.Vectors, "refused-positions.json");

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly EpochPosition Position = new(FrameVector.Epoch, FrameVector.Sequence);

    [Fact]
    public void The_golden_position_says_what_its_file_says_and_is_written_and_explained_byte_for_byte()
    {
        if (IsWriting && !File.Exists(PositionVector.HexFile))
        {
            File.WriteAllText(PositionVector.HexFile, PositionVector.Explain(Position.Encode()));
            File.WriteAllText(PositionVector.JsonFile, PositionVector.Describe(Position));
        }
        byte[] golden = PositionVector.Golden;
        Assert.Equal(File.ReadAllText(PositionVector.JsonFile), PositionVector.Describe(EpochPosition.Read(golden)));
        Assert.Equal(File.ReadAllText(PositionVector.HexFile), PositionVector.Explain(golden));
        Assert.Equal(golden, Position.Encode());
    }

    [Fact]
    public void Every_message_that_is_no_position_is_refused_for_its_reason()
    {
        if (IsWriting && !File.Exists(RefusedFile))
        {
            File.WriteAllText(RefusedFile, new JsonArray([.. Cases().Select(RefusedVectorTests.Describe)]).ToJsonString(Indented) + "\n");
        }
        JsonArray vectors = JsonNode.Parse(File.ReadAllText(RefusedFile))!.AsArray();
        Assert.Equal(Cases().Count(), vectors.Count);
        foreach (JsonNode? vector in vectors)
        {
            byte[] message = Convert.FromHexString((string)vector!["hex"]!);
            FrameFormatException exception = Assert.Throws<FrameFormatException>(() => EpochPosition.Read(message));
            Assert.Equal((string)vector["reason"]!, JsonSerializer.Serialize(exception.Reason, ProtocolJson.Default.RefusalReason).Trim('"'));
        }
    }

    private static IEnumerable<(string What, RefusalReason Reason, byte[] Message)> Cases()
    {
        byte[] good = Position.Encode();
        byte[] flipped = [.. good];
        flipped[^5] ^= 1;
        yield return ("nothing", RefusalReason.Truncated, []);
        yield return ("all but the last byte", RefusalReason.Truncated, good[..^1]);
        yield return ("one byte more", RefusalReason.Length, [.. good, 0]);
        yield return ("a frame", RefusalReason.NotAFrame, FrameVector.ReadHex(File.ReadAllText(Path.Combine(Repository.Vectors, "empty.hex"))));
        yield return ("version 2.0", RefusalReason.UnknownVersion, With(good, major: 2));
        yield return ("one bit of the number flipped", RefusalReason.Checksum, flipped);
        yield return ("a header that ends in a field", RefusalReason.Truncated, With(good, header: [7, 0xB1]));
        yield return ("a number longer than 64 bits", RefusalReason.Malformed, With(good, header: [7, .. Enumerable.Repeat((byte)0xFF, 10), 1]));
        yield return ("a byte behind the header", RefusalReason.Malformed, With(good, body: [0]));
        yield return ("seq 0", RefusalReason.Invalid, With(good, header: [7, 0]));
        yield return ("seq 2^53", RefusalReason.Invalid, With(good, header: [7, .. FrameSurgery.Varint(1UL << 53)]));
        yield return ("epoch 2^53", RefusalReason.Invalid, With(good, header: [.. FrameSurgery.Varint(1UL << 53), 1]));
    }

    private static byte[] With(byte[] position, byte[]? header = null, byte[]? body = null, byte? major = null)
    {
        byte[] frame = FrameSurgery.With(position, header is null ? null : _ => header, body is null ? null : _ => body, major);
        frame[1] = (byte)'P';
        return FrameSurgery.Sealed(frame);
    }
}
