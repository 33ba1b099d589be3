using System.Buffers.Binary;

namespace IotTelemetry.Broker.Persistence;

/// <summary>Reads a file of records up to the first that is torn or damaged.</summary>
internal static class RecordFile
{
    private const int LargestRecord = 1 << 29;

    /// <summary>Gives every sound record to the state.</summary>
    /// <returns>Length of the sound part; what follows was being written when the process or the machine stopped, or is damaged.</returns>
    public static long Read(string path, StoredState state)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1 << 16);
        var header = new byte[RecordWriter.HeaderSize];
        var body = new byte[4096];
        long sound = 0;
        while (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length is <= 0 or > LargestRecord || length > stream.Length - stream.Position)
            {
                break;
            }

            if (body.Length < length)
            {
                body = new byte[Math.Max(length, body.Length * 2)];
            }

            var bytes = body.AsSpan(0, length);
            stream.ReadExactly(bytes);
            if (RecordWriter.Checksum(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)))
            {
                break;
            }

            state.Apply(new RecordReader(bytes));
            sound += header.Length + length;
        }

        return sound;
    }
}
