using System.Buffers;
using System.Buffers.Binary;
using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Tests;

/// <summary>A frame whose bytes follow from its place, so that a frame read back can be checked without remembering it.</summary>
internal sealed class TestFrame(int readings = 3) : IFrameSource
{
    public int Readings => readings;

    public static byte[] PayloadOf(ulong epoch, ulong seq)
    {
        var payload = new byte[20 + (int)(seq * 37 % 211)];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(8), seq);
        new Random((int)(seq ^ epoch)).NextBytes(payload.AsSpan(16));
        return payload;
    }

    public void WriteFrame(ulong epoch, ulong seq, IBufferWriter<byte> output) => output.Write(PayloadOf(epoch, seq));
}
