using System.Buffers;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>The replayed readings as frames of this protocol.</summary>
internal sealed class FrameCodec(FrameCompression compression) : IReplayCodec
{
    private readonly FrameDecoder _decoder = new();
    private readonly FrameColumns _columns = new();
    private FrameEncoder? _encoder;

    public string Name => compression == FrameCompression.None ? "frames" : "frames with Brotli";

    public void Encode(Replay replay, int frame, ArrayBufferWriter<byte> output)
    {
        if (_encoder?.Birth != replay.Birth)
        {
            _encoder = new FrameEncoder(replay.Birth, compression);
        }
        FrameEncoder encoder = _encoder;
        int end = (frame + 1) * replay.ReadingsPerFrame;
        for (int i = frame * replay.ReadingsPerFrame; i < end; i++)
        {
            encoder.Add(replay.Points[i], replay.Times[i], replay.Values[i]);
        }
        encoder.Complete(1, (ulong)frame + 1, replay.Times[end - 1] + 100, ClockQuality.Synchronised, output);
    }

    public int Decode(Replay replay, ReadOnlySpan<byte> message)
    {
        _decoder.Decode(message, replay.Birth, _columns);
        return _columns.Count;
    }
}
