namespace IotTelemetry.Hardware;

/// <summary>
/// A set of assets whose points can be read and, where they are outputs, set. Real drivers and the simulated boards stand behind this one seam.
/// </summary>
/// <remarks>
/// A point is known by its index in <see cref="Points"/>; the list never changes while the board lives.
/// <see cref="RunAsync"/> runs on one task; <see cref="Read"/> and <see cref="Write"/> may be called from other threads at the same time.
/// </remarks>
public interface IBoard : IAsyncDisposable
{
    /// <summary>What the board is, for the gateway's birth and the log, such as <c>simulated-car-park</c>.</summary>
    string Name { get; }

    /// <summary>The things at the site that this board measures or switches.</summary>
    IReadOnlyList<BoardAsset> Assets { get; }

    /// <summary>The quantities of the assets; a point's index here is its number everywhere else.</summary>
    IReadOnlyList<BoardPoint> Points { get; }

    /// <summary>
    /// Delivers every value of the points with <see cref="PointDelivery.Pushed"/>: first each one's present value, then each change,
    /// until <paramref name="stopping"/> is cancelled (which ends the task normally).
    /// </summary>
    /// <exception cref="IOException">The device is gone or answers with an error; the caller runs it again after a pause.</exception>
    Task RunAsync(IRawValueSink sink, CancellationToken stopping);

    /// <summary>Reads one point with <see cref="PointDelivery.Polled"/> now.</summary>
    /// <exception cref="IOException">The device did not answer or answered with an error.</exception>
    RawValue Read(int point);

    /// <summary>Sets an output. The feedback of what came of it arrives as a reading of the feedback point.</summary>
    /// <exception cref="ArgumentException">The point is not settable, or <paramref name="value"/> is outside the point's range.</exception>
    /// <exception cref="IOException">The device refused.</exception>
    void Write(int point, double value);
}
