namespace IotTelemetry.Edge.Interlocks;

/// <summary>What is known of one point that counts for interlocks. Times are <see cref="TimeProvider"/> timestamps. Guarded by its <see cref="InterlockJudge"/>.</summary>
internal sealed class SwitchState
{
    /// <summary>Whether it is on; null when that is not known.</summary>
    public bool? IsOn { get; set; }

    /// <summary>Since when; at the latest, when that is not known exactly.</summary>
    public long Since { get; set; }

    /// <summary>Whether it is being switched at this moment.</summary>
    public bool IsMoving { get; set; }

    /// <summary>Whether its feedback shows it on, or neither on nor off, or cannot be read.</summary>
    public bool IsShownOn { get; set; }

    /// <summary>Whether the board could not say last what it is.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>When it, or its feedback, was seen on last, or could not be read; at the latest.</summary>
    public long SeenOnAt { get; set; }

    /// <summary>When it was switched on, oldest first; those of the last hour count.</summary>
    public Queue<long> Starts { get; } = new();
}
