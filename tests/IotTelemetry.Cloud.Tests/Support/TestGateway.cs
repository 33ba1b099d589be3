using System.Buffers;
using System.Text;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>A gateway as ingest sees it: a birth, frames and positions.</summary>
internal sealed class TestGateway
{
    private readonly FrameEncoder _encoder;
    private readonly GatewayTopics _topics;

    public TestGateway(string name, int bays = 3, string extraPoint = "distance_mm", string assetPrefix = "bay", string site = "harbour", string unit = "mm", params string[] kinds)
    {
        Id = new GatewayId(site, name);
        _topics = new GatewayTopics(Id);
        BirthHeader header = new() { Gateway = Id, SoftwareVersion = "1.0", Board = "simulated", BootId = "boot", Epoch = 1 };
        Birth = Birth.Create(
            header,
            [
                new PointDefinition { Id = "occupied", Type = PointType.Boolean },
                new PointDefinition { Id = extraPoint, Type = PointType.Decimal, Scale = 1, Unit = unit },
                new PointDefinition { Id = "state", Type = PointType.Text },
            ],
            [.. Enumerable.Range(0, bays).Select(i => new Asset
            {
                Name = $"{assetPrefix}-{i}",
                Kind = kinds.Length == 0 ? "parking_bay" : kinds[i % kinds.Length],
                Position = new AssetPosition(-37.8, 144.9),
                Tags = new Dictionary<string, string> { ["zone"] = "7" },
                Points = new Dictionary<string, int> { ["occupied"] = i * 3, [extraPoint] = (i * 3) + 1, ["state"] = (i * 3) + 2 },
            })]);
        _encoder = new FrameEncoder(Birth);
    }

    public GatewayId Id { get; }

    public Birth Birth { get; }

    /// <summary>Times of readings; the default lies on the last second of a January.</summary>
    public static long NewYear { get; } = new DateTimeOffset(2025, 2, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>A frame with <paramref name="readings"/> readings, a millisecond apart, from <paramref name="startMs"/> on.</summary>
    public byte[] Frame(ulong epoch, ulong seq, int readings = 4, long? startMs = null, double salt = 0)
    {
        long start = startMs ?? NewYear - 2 + ((long)seq * 10);
        for (int i = 0; i < readings; i++)
        {
            int point = i % Birth.Points.Count;
            if (Birth.Points[point].Type == PointType.Text)
            {
                _encoder.AddText(point, start + i, i % 2 == 0 ? "free" : "taken");
            }
            else
            {
                _encoder.Add(point, start + i, Birth.Points[point].Type == PointType.Boolean ? i % 2 : 100.5 + i + salt);
            }
        }

        ArrayBufferWriter<byte> output = new();
        _encoder.Complete(epoch, seq, start + readings, ClockQuality.Synchronised, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A frame with these readings of numbers and booleans, in this order.</summary>
    public byte[] Frame(ulong epoch, ulong seq, IReadOnlyCollection<(int Point, long TimestampMs, double Value)> readings)
    {
        foreach ((int point, long timestampMs, double value) in readings)
        {
            _encoder.Add(point, timestampMs, value);
        }

        ArrayBufferWriter<byte> output = new();
        _encoder.Complete(epoch, seq, readings.Max(reading => reading.TimestampMs) + 1, ClockQuality.Synchronised, output);
        return output.WrittenSpan.ToArray();
    }

    public async Task<Task<MqttReasonCode>> SendFrameAsync(IngestPipeline ingest, byte[] frame, CancellationToken cancellationToken = default)
    {
        (Delivery delivery, Task<MqttReasonCode> confirmed) = Deliver(_topics.Telemetry, frame);
        await ingest.Frames.TakeAsync(delivery, cancellationToken);
        return confirmed;
    }

    public Task<Task<MqttReasonCode>> SendPositionAsync(IngestPipeline ingest, ulong epoch, ulong seq, CancellationToken cancellationToken = default) =>
        SendFrameAsync(ingest, new EpochPosition(epoch, seq).Encode(), cancellationToken);

    public async Task<Task<MqttReasonCode>> SendBirthAsync(IngestPipeline ingest, CancellationToken cancellationToken = default)
    {
        (Delivery delivery, Task<MqttReasonCode> confirmed) = Deliver(_topics.Birth, Birth.Encode());
        await ingest.Births.TakeAsync(delivery, cancellationToken);
        return confirmed;
    }

    public (Delivery Delivery, Task<MqttReasonCode> Confirmed) Deliver(string topic, byte[] payload)
    {
        TaskCompletionSource<MqttReasonCode> confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Delivery delivery = new(
            Encoding.UTF8.GetBytes(topic), payload, Id.Gateway, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), true, new Confirmation(code => confirmed.SetResult(code)));
        return (delivery, confirmed.Task);
    }
}
