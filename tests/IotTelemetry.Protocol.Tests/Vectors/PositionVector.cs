using System.Buffers.Binary;
using System.Globalization;

namespace IotTelemetry.Protocol.Tests;

/// <summary>The golden position: <c>position.hex</c> with every byte explained, and <c>position.json</c> with what it says.</summary>
internal static class PositionVector
{
    public static string HexFile => Path.Combine(Repository.Vectors, "position.hex");

    public static string JsonFile => Path.Combine(Repository.Vectors, "position.json");

    public static byte[] Golden => FrameVector.ReadHex(File.ReadAllText(HexFile));

    public static string Describe(EpochPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\n  \"epoch\": {position.Epoch},\n  \"seq\": {position.NextSequence}\n}}\n");

    /// <summary>The dump, read from the bytes by SPECIFICATION.md, section 5.8, without the library's code.</summary>
    public static string Explain(byte[] position)
    {
        int header = position[8];
        int epochBytes = VarintBytes(position.AsSpan(9));
        int seqBytes = VarintBytes(position.AsSpan(9 + epochBytes));
        return string.Join('\n',
            Line(position[..2], "magic 'IP'"),
            Line(position[2..4], $"version {position[2]}.{position[3]}"),
            Line(position[4..8], $"length of the position: {BinaryPrimitives.ReadUInt32LittleEndian(position.AsSpan(4))} bytes"),
            Line(position[8..9], $"length of the header: {header} bytes follow"),
            Line(position[9..(9 + epochBytes)], $"epoch {Varint(position.AsSpan(9))}"),
            Line(position[(9 + epochBytes)..(9 + epochBytes + seqBytes)], $"nothing below seq {Varint(position.AsSpan(9 + epochBytes))} will come any more"),
            Line(position[^4..], "CRC-32C of all bytes before"),
            "");
    }

    private static string Line(byte[] bytes, string what) => $"{string.Join(' ', bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture))),-36} # {what}";

    private static int VarintBytes(ReadOnlySpan<byte> bytes)
    {
        int length = 1;
        while (bytes[length - 1] >= 0x80)
        {
            length++;
        }
        return length;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < VarintBytes(bytes); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
        }
        return value;
    }
}
