using System.Buffers.Binary;
using System.IO.Compression;

namespace IotTelemetry.Protocol.Tests;

/// <summary>Changes frames as another, newer or hostile writer would, and makes length and checksum right again.</summary>
internal static class FrameSurgery
{
    private const int HeaderLengthAt = 8;

    public static Span<byte> BodyOf(byte[] frame) => frame.AsSpan(HeaderLengthAt + 1 + frame[HeaderLengthAt])[..^4];

    /// <summary>A frame of the parts of another.</summary>
    public static byte[] With(byte[] frame, Func<byte[], byte[]>? header = null, Func<byte[], byte[]>? body = null, byte? major = null, byte? minor = null)
    {
        byte[] newHeader = frame.AsSpan(HeaderLengthAt + 1, frame[HeaderLengthAt]).ToArray();
        byte[] newBody = BodyOf(frame).ToArray();
        newHeader = header?.Invoke(newHeader) ?? newHeader;
        newBody = body?.Invoke(newBody) ?? newBody;
        return Sealed([(byte)'I', (byte)'T', major ?? frame[2], minor ?? frame[3], 0, 0, 0, 0, (byte)newHeader.Length, .. newHeader, .. newBody, 0, 0, 0, 0]);
    }

    /// <summary>The same with its body compressed, and a size declared for it that may be a lie.</summary>
    public static byte[] Compressed(byte[] frame, int? declaredBytes = null)
    {
        byte[] body = BodyOf(frame).ToArray();
        byte[] compressed = new byte[body.Length + 1024];
        Assert.True(BrotliEncoder.TryCompress(body, compressed, out int written, 5, 18));
        return With(frame, header => [(byte)(header[0] | 1), .. header.AsSpan(1), .. Varint((ulong)(declaredBytes ?? body.Length))], _ =>
            compressed[..written]);
    }

    /// <summary>Sets length and checksum to what they should be, in place.</summary>
    public static byte[] Sealed(byte[] frame)
    {
        if (frame.Length >= 12)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), (uint)frame.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(frame.Length - 4), Crc32C.Compute(frame.AsSpan(0, frame.Length - 4)));
        }
        return frame;
    }

    public static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        return [.. bytes, (byte)value];
    }
}
