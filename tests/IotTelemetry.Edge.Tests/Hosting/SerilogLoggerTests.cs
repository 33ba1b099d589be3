using IotTelemetry.Edge.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>What the agent's log methods say, as Serilog hears it.</summary>
public sealed class SerilogLoggerTests : IDisposable
{
    private readonly Sink _sink = new();
    private readonly SerilogLoggerFactory _logs;

    public SerilogLoggerTests() => _logs = new SerilogLoggerFactory(new LoggerConfiguration().MinimumLevel.Information().WriteTo.Sink(_sink).CreateLogger());

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Generated_messages_keep_template_values_level_category_and_exception()
    {
        var cause = new IOException("no room");
        Edge.Outbox.OutboxLog.FramesDropped(_logs.CreateLogger("Outbox"), "the outbox is full", 7, 1, 3, 44);
        Edge.Outbox.OutboxLog.AppendFailed(_logs.CreateLogger("Outbox"), cause, "/var/x");
        Assert.Equal("Dropped frames 1 to 3 of epoch 7 with 44 readings: \"the outbox is full\"", _sink.Heard[0].RenderMessage());
        Assert.Equal((LogEventLevel.Error, "\"Outbox\"", "44"), (_sink.Heard[0].Level, _sink.Heard[0].Properties["SourceContext"].ToString(), _sink.Heard[0].Properties["Readings"].ToString()));
        Assert.Same(cause, _sink.Heard[1].Exception);
    }

    [Fact]
    public void Levels_below_the_least_are_not_heard_and_a_message_without_template_is_its_own()
    {
        var log = _logs.CreateLogger("Any");
        Assert.False(log.IsEnabled(LogLevel.Debug));
        log.Log(LogLevel.Debug, default, "quiet", null, static (state, _) => state);
        log.Log(LogLevel.Critical, default, "loud", null, static (state, _) => state);
        Assert.Equal((LogEventLevel.Fatal, "loud"), (_sink.Heard.Single().Level, _sink.Heard.Single().RenderMessage()));
    }

    private sealed class Sink : ILogEventSink
    {
        public List<LogEvent> Heard { get; } = [];

        public void Emit(LogEvent logEvent) => Heard.Add(logEvent);
    }
}
