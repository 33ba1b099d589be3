using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>A command on its way through the gateway. What changes is guarded by <see cref="CommandExecution"/>.</summary>
internal sealed class CommandRun(Command command, string fingerprint, SwitchPoint point, CommandOrigin origin, long arrivedAt, Action<CommandResult> tell) : IDisposable
{
    public Command Command { get; } = command;

    public string Fingerprint { get; } = fingerprint;

    public SwitchPoint Point { get; } = point;

    public CommandOrigin Origin { get; } = origin;

    /// <summary>When it arrived, a <see cref="TimeProvider"/> timestamp.</summary>
    public long ArrivedAt { get; } = arrivedAt;

    /// <summary>The value as the board takes it.</summary>
    public double Value { get; } = command.Value?.Number ?? 0;

    /// <summary>Is told every result.</summary>
    public Action<CommandResult> Tell { get; } = tell;

    /// <summary>The last result told; null before the first.</summary>
    public CommandResult? Latest { get; set; }

    /// <summary>Whether the output is being or was set: from then on it cannot be cancelled.</summary>
    public bool IsCommitted { get; set; }

    /// <summary>Cancelled to stop it while it waits.</summary>
    public CancellationTokenSource Cancelled { get; } = new();

    public void Dispose() => Cancelled.Dispose();
}
