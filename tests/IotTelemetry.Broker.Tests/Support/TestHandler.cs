using System.Text;
using System.Threading.Channels;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Tests.Support;

/// <summary>An in-process handler that does what a test says and remembers what it saw.</summary>
internal sealed class TestHandler(Func<MqttInboundPublish, ValueTask>? body = null) : IMqttPublishHandler
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Channel<string> _seen = Channel.CreateUnbounded<string>();
    private readonly Channel<MqttDeferredAcknowledgement> _deferred = Channel.CreateUnbounded<MqttDeferredAcknowledgement>();

    /// <summary>A handler that defers every acknowledgement; the test takes and completes them.</summary>
    public static TestHandler Deferring()
    {
        TestHandler? handler = null;
        return handler = new TestHandler(publish =>
        {
            handler!._deferred.Writer.TryWrite(publish.DeferAcknowledgement());
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>A handler that answers every publish with a reason code.</summary>
    public static TestHandler Answering(MqttReasonCode reason) => new(publish =>
    {
        publish.ReasonCode = reason;
        return ValueTask.CompletedTask;
    });

    public async ValueTask HandleAsync(MqttInboundPublish publish, CancellationToken connectionClosed)
    {
        var text = $"{Encoding.UTF8.GetString(publish.TopicUtf8.Span)} {Encoding.UTF8.GetString(publish.Payload.Span)}";
        if (body is not null)
        {
            await body(publish);
        }

        _seen.Writer.TryWrite(text);
    }

    /// <summary>Topic and payload of the next publish it has handled.</summary>
    public async Task<string> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Limit);
        return await _seen.Reader.ReadAsync(timeout.Token);
    }

    public async Task<MqttDeferredAcknowledgement> NextDeferredAsync()
    {
        using var timeout = new CancellationTokenSource(Limit);
        return await _deferred.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>Whether anything was handled that the test has not taken.</summary>
    public bool HasMore => _seen.Reader.TryPeek(out _);
}
