using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>Identifies the bytes of a frame.</summary>
internal static class Fingerprint
{
    /// <summary>
    /// The first 8 bytes of the SHA-256, never 0. Not the frame's own CRC-32C: 32 bits would take one restored outbox in four thousand million for a repeat,
    /// and a stranger could choose them.
    /// </summary>
    public static ulong Of(ReadOnlySpan<byte> frame)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(frame, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) | 1;
    }
}
