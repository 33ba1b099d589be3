using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace IotTelemetry.Mqtt;

/// <summary>
/// Request and response over MQTT 5.0 (section 4.10): publishes a request with a response topic and correlation data and waits for the answer that carries
/// the same. One subscription for all requests. Thread-safe.
/// </summary>
public sealed class MqttRequester : IAsyncDisposable
{
    private readonly MqttClient _client;
    private readonly string _responseTopic;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<MqttResponse>> _pending = new();
    private MqttSubscription? _subscription;
    private long _lastRequest;
    private long _unexpected;

    private MqttRequester(MqttClient client, string responseTopic, TimeProvider time)
    {
        _client = client;
        _responseTopic = responseTopic;
        _time = time;
    }

    /// <summary>Answers that came too late, or answered nothing.</summary>
    public long Unexpected => Interlocked.Read(ref _unexpected);

    /// <summary>Subscribes to the response topic.</summary>
    /// <param name="client">The client to use; it stays the caller's.</param>
    /// <param name="responseTopic">A topic that is this program's alone, for example <c>responses/{client id}</c>.</param>
    /// <param name="timeProvider">The clock of time-outs; the system's if null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<MqttRequester> StartAsync(
        MqttClient client, string responseTopic, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var requester = new MqttRequester(client, responseTopic, timeProvider ?? TimeProvider.System);
        requester._subscription = await client.SubscribeAsync(responseTopic, requester.OnResponse, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return requester;
    }

    /// <summary>Sends a request and waits for its answer. The message expires with the time-out, unless it says otherwise.</summary>
    /// <exception cref="TimeoutException">No answer came in time.</exception>
    /// <exception cref="MqttClientException">The request was refused or could not be sent.</exception>
    public async Task<MqttResponse> RequestAsync(MqttMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var id = Interlocked.Increment(ref _lastRequest);
        var correlation = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(correlation, id);
        var answer = new TaskCompletionSource<MqttResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            var published = await _client.PublishAsync(
                request with
                {
                    ResponseTopic = _responseTopic,
                    CorrelationData = correlation,
                    MessageExpiry = request.MessageExpiry ?? TimeSpan.FromSeconds(Math.Ceiling(timeout.TotalSeconds)),
                },
                cancellationToken).AsTask().WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
            if (!published.IsSuccess)
            {
                throw new MqttClientException(
                    $"The request to '{request.Topic}' was not accepted: {published.Status}, {published.ReasonCode} {published.ReasonString}");
            }

            return await answer.Task.WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>Unsubscribes and gives up all requests.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var answer in _pending.Values)
        {
            answer.TrySetException(new ObjectDisposedException(nameof(MqttRequester)));
        }
    }

    private ValueTask OnResponse(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        var correlation = message.CorrelationData.Span;
        if (correlation.Length == sizeof(long)
            && _pending.TryRemove(BinaryPrimitives.ReadInt64BigEndian(correlation), out var answer))
        {
            answer.TrySetResult(new MqttResponse(message.Payload.ToArray(), message.ContentType, message.UserProperties));
        }
        else
        {
            Interlocked.Increment(ref _unexpected);
        }

        return ValueTask.CompletedTask;
    }
}
