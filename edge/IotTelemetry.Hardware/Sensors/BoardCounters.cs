namespace IotTelemetry.Hardware.Sensors;

/// <summary>What a board has seen since it was made. Written by the board's loop; reads from other threads are a moment old at most.</summary>
public sealed class BoardCounters
{
    /// <summary>Edges delivered.</summary>
    public long Edges { get; internal set; }

    /// <summary>Edges that the kernel dropped because its event buffer was full.</summary>
    public long EdgesLost { get; internal set; }

    /// <summary>Attempts to take a line that failed, or lines lost while held.</summary>
    public long Refusals { get; internal set; }

    /// <summary>Echoes that did not come back, or came back impossible.</summary>
    public long EchoesMissed { get; internal set; }
}
