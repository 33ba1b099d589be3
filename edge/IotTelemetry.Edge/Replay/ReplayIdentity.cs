using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Replay;

/// <summary>
/// The epoch of a replay, made from what is replayed and how. The same file always becomes the same frames under the same numbers, so that whatever is sent a second time (after a kill, or by
/// running it again) the cloud drops as a repeat.
/// </summary>
internal static class ReplayIdentity
{
    /// <summary>Below the epochs of live frames, which begin with the milliseconds of their first day: 2^50 is a day in 2004.</summary>
    private const int Bits = 50;

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ulong EpochOf(ReplayRequest request, BirthHash birth, int readingsPerFrame)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{request.Format} {request.TimeZone} {birth} {readingsPerFrame}\n")));
        using var file = File.OpenRead(request.File);
        var buffer = new byte[256 * 1024];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset()) >> (64 - Bits));
    }
}
