using System.Buffers;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>One way to put the readings of a frame on the wire.</summary>
internal interface IReplayCodec
{
    /// <summary>What it is, for the figures.</summary>
    string Name { get; }

    /// <summary>Writes the readings of one frame.</summary>
    void Encode(Replay replay, int frame, ArrayBufferWriter<byte> output);

    /// <summary>Reads them back and returns how many there were.</summary>
    int Decode(Replay replay, ReadOnlySpan<byte> message);
}
