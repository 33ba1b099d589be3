using System.Security.Cryptography.X509Certificates;
using IotTelemetry.Benchmarks.Broker;
using IotTelemetry.Broker;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>A broker on loopback whose cloud stores nothing: it counts frames and confirms them once a second, as the service does.</summary>
internal sealed class ConfirmingCloud : IMqttPublishHandler, IAsyncDisposable
{
    private static readonly TimeSpan CursorInterval = TimeSpan.FromSeconds(1);

    private readonly BenchBroker _broker;
    private readonly GatewayTopics _topics;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, ulong> _stored = [];
    private readonly TaskCompletionSource _firstFrame = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _registration;
    private readonly Task _confirming;
    private long _readings;

    private ConfirmingCloud(BenchBroker broker, GatewayId gateway)
    {
        _broker = broker;
        _topics = new GatewayTopics(gateway);
        _registration = broker.Broker.AddHandler(_topics.Telemetry, this);
        _confirming = ConfirmAsync();
    }

    public int Port => _broker.Port;

    /// <summary>Readings that arrived.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    /// <summary>When frames arrived.</summary>
    public FrameArrivals Arrivals { get; } = new();

    /// <summary>Completes with the first frame.</summary>
    public Task FirstFrame => _firstFrame.Task;

    public static async Task<ConfirmingCloud> StartAsync(GatewayId gateway, X509Certificate2? certificate = null) => new(await BenchBroker.StartAsync(certificate: certificate), gateway);

    public ValueTask HandleAsync(MqttInboundPublish publish, CancellationToken connectionClosed)
    {
        var payload = publish.Payload.Span;
        if (!EpochPosition.IsPosition(payload))
        {
            var header = FrameHeader.Read(payload);
            Interlocked.Add(ref _readings, header.Readings);
            Arrivals.Add(header);
            lock (_gate)
            {
                _stored[header.Epoch] = header.Sequence;
            }

            _firstFrame.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _confirming;
        _registration.Dispose();
        await _broker.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ConfirmAsync()
    {
        using var timer = new PeriodicTimer(CursorInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                StoredCursor cursor;
                lock (_gate)
                {
                    cursor = new StoredCursor { Epochs = [.. _stored.Select(s => new EpochCursor(s.Key, s.Value))] };
                }

                await _broker.Broker.PublishAsync(new MqttMessage { Topic = _topics.Stored, Payload = cursor.Encode() }, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Measured enough.
        }
    }
}
