using System.Buffers;
using System.Text.Json;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>Compact JSON: aliases instead of names, <c>{"seq":1,"readings":[[alias,time,value],…]}</c>.</summary>
internal sealed class JsonCodec : IReplayCodec
{
    public string Name => "compact JSON";

    public void Encode(Replay replay, int frame, ArrayBufferWriter<byte> output)
    {
        using Utf8JsonWriter writer = new(output);
        writer.WriteStartObject();
        writer.WriteNumber("seq"u8, frame + 1);
        writer.WriteStartArray("readings"u8);
        int end = (frame + 1) * replay.ReadingsPerFrame;
        for (int i = frame * replay.ReadingsPerFrame; i < end; i++)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(replay.Points[i]);
            writer.WriteNumberValue(replay.Times[i]);
            writer.WriteNumberValue(Math.Round(replay.Values[i], 3));
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public int Decode(Replay replay, ReadOnlySpan<byte> message)
    {
        Utf8JsonReader reader = new(message);
        int numbers = 0;
        double sum = 0;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                sum += reader.GetDouble();
                numbers++;
            }
        }
        return sum > 0 ? (numbers - 1) / 3 : 0;
    }
}
