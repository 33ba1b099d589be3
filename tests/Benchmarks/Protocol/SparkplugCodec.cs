using System.Buffers;
using Google.Protobuf;
using IotTelemetry.Benchmarks.Sparkplug;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>Sparkplug B as Google.Protobuf writes it: aliases, no names and no data types, as after a birth; decimals as float.</summary>
internal sealed class SparkplugCodec : IReplayCodec
{
    public string Name => "Sparkplug B";

    public void Encode(Replay replay, int frame, ArrayBufferWriter<byte> output)
    {
        int end = (frame + 1) * replay.ReadingsPerFrame;
        // The sequence number of Sparkplug is 0 to 255.
        Payload payload = new() { Timestamp = (ulong)replay.Times[end - 1] + 100, Seq = (ulong)frame & 0xFF };
        for (int i = frame * replay.ReadingsPerFrame; i < end; i++)
        {
            Metric metric = new() { Alias = (ulong)replay.Points[i], Timestamp = (ulong)replay.Times[i] };
            switch (replay.Birth.Points[replay.Points[i]].Type)
            {
                case PointType.Boolean:
                    metric.BooleanValue = replay.Values[i] != 0;
                    break;
                case PointType.Integer:
                    metric.IntValue = (uint)Math.Round(replay.Values[i]);
                    break;
                default:
                    metric.FloatValue = (float)replay.Values[i];
                    break;
            }
            payload.Metrics.Add(metric);
        }
        payload.WriteTo(output);
    }

    public int Decode(Replay replay, ReadOnlySpan<byte> message) => Payload.Parser.ParseFrom(message).Metrics.Count;
}
