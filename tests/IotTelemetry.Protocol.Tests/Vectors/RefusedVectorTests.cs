using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotTelemetry.Protocol.Tests;

/// <summary>Frames that every reader has to refuse, in <c>protocol/vectors/refused.json</c>.</summary>
public sealed class RefusedVectorTests
{
    private static readonly string File = Path.Combine(Repository.Vectors, "refused.json");

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static byte[] Good => FrameVector.ReadHex(System.IO.File.ReadAllText(Path.Combine(Repository.Vectors, "events.hex")));

    [Fact]
    public void Every_frame_that_must_be_refused_is_refused_for_its_reason()
    {
        if (Environment.GetEnvironmentVariable("WRITE_VECTORS") == "1" && !System.IO.File.Exists(File))
        {
            System.IO.File.WriteAllText(File, new JsonArray([.. Cases().Select(Describe)]).ToJsonString(Indented) + "\n");
        }
        Birth birth = Birth.Decode(System.IO.File.ReadAllBytes(FrameVector.BirthFile));
        JsonArray vectors = JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsArray();
        Assert.Equal(Cases().Count(), vectors.Count);
        foreach (JsonNode? vector in vectors)
        {
            byte[] frame = Convert.FromHexString((string)vector!["hex"]!);
            FrameFormatException exception = Assert.Throws<FrameFormatException>(() => new FrameDecoder().Decode(frame, birth, new FrameColumns()));
            Assert.Equal((string)vector["reason"]!, JsonSerializer.Serialize(exception.Reason, ProtocolJson.Default.RefusalReason).Trim('"'));
        }
    }

    internal static JsonNode Describe((string What, RefusalReason Reason, byte[] Frame) refused) => new JsonObject
    {
        ["what"] = refused.What,
        ["reason"] = JsonSerializer.Serialize(refused.Reason, ProtocolJson.Default.RefusalReason).Trim('"'),
        ["hex"] = Convert.ToHexStringLower(refused.Frame),
    };

    private static IEnumerable<(string What, RefusalReason Reason, byte[] Frame)> Cases()
    {
        yield return ("nothing", RefusalReason.Truncated, []);
        yield return ("the first half", RefusalReason.Truncated, Good[..(Good.Length / 2)]);
        yield return ("all but the last byte", RefusalReason.Truncated, Good[..^1]);
        yield return ("one byte more", RefusalReason.Length, [.. Good, 0]);
        yield return ("another magic", RefusalReason.NotAFrame, [(byte)'J', .. Good.AsSpan(1)]);
        yield return ("version 2.0", RefusalReason.UnknownVersion, FrameSurgery.With(Good, major: 2));
        yield return ("one bit of the body flipped", RefusalReason.Checksum, Flipped(Good));
        yield return ("another birth", RefusalReason.UnknownBirth, FrameSurgery.With(Good, header => [.. header.AsSpan(0, 2), 0, .. header.AsSpan(3)]));
        yield return ("32769 readings", RefusalReason.Limit, FrameSurgery.With(Good, header => [.. header.AsSpan(0, header.Length - 1),
            .. FrameSurgery.Varint(32_769)]));
        yield return ("more readings than the times", RefusalReason.Truncated, FrameSurgery.With(Good, header => [.. header.AsSpan(0, header.Length - 1),
            200, 1]));
        yield return ("clock quality 4", RefusalReason.Invalid, FrameSurgery.With(Good, header => [header[0], 4, .. header.AsSpan(2)]));
        yield return ("a header that ends in a field", RefusalReason.Truncated, FrameSurgery.With(Good, header => header[..^1]));
        yield return ("sections out of order", RefusalReason.Malformed, FrameSurgery.With(Good, body: body => [.. body, 5, 0]));
        yield return ("no sections", RefusalReason.Malformed, FrameSurgery.With(Good, body: _ => []));
        yield return ("alias 10 of 0 to 9", RefusalReason.Invalid, FrameSurgery.With(Good, body: body => Sections(body, 2, [0, 0, 20])));
        yield return ("a Rice parameter of 41", RefusalReason.Malformed, FrameSurgery.With(Good, body: body => Sections(body, 2, [0, 0x40 | 41, 0, 0])));
        yield return ("runs within runs", RefusalReason.Malformed, FrameSurgery.With(Good, body: body => Sections(body, 2, [0, 1, 1, 1, 1, 0, 0])));
        yield return ("a run longer than the column", RefusalReason.Malformed, FrameSurgery.With(Good, body: body => Sections(body, 2, [0, 1, 1, 0, 0, 0,
            18])));
        yield return ("a byte too many in a section", RefusalReason.Malformed, FrameSurgery.With(Good, body: body => Sections(body, 2, [0, 0, 0, 0])));
        yield return ("a time before 1970", RefusalReason.Invalid, FrameSurgery.With(Good, body: body => Sections(body, 1, [9, 1, 0,
            .. FrameSurgery.Varint(1UL << 45 | 1)])));
        yield return ("a body declared a hundred times and more its compressed size", RefusalReason.Limit, FrameSurgery.Compressed(Good, 100_000));
        yield return ("a position", RefusalReason.NotAFrame, new EpochPosition(FrameVector.Epoch, FrameVector.Sequence).Encode());
        yield return ("sequence number 0", RefusalReason.Invalid, FrameSurgery.With(FrameVector.ReadHex(System.IO.File.ReadAllText(Path.Combine(Repository.Vectors,
            "empty.hex"))), header => [.. header.AsSpan(0, 11), 0, .. header.AsSpan(13)]));
        yield return ("a body that is not Brotli", RefusalReason.Malformed, FrameSurgery.With(Good, header => [1, .. header.AsSpan(1), 40]));
    }

    private static byte[] Flipped(byte[] frame)
    {
        byte[] flipped = [.. frame];
        flipped[^10] ^= 1;
        return flipped;
    }

    /// <summary>The body with the content of one section replaced.</summary>
    private static byte[] Sections(byte[] body, byte id, byte[] content)
    {
        List<byte> changed = [];
        for (int at = 0; at < body.Length; at += 2 + body[at + 1])
        {
            ReadOnlySpan<byte> old = body.AsSpan(at + 2, body[at + 1]);
            changed.AddRange(body[at] == id ? [id, (byte)content.Length, .. content] : [body[at], body[at + 1], .. old]);
        }
        return [.. changed];
    }
}
