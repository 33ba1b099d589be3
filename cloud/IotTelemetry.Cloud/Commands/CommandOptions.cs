using System.Collections.Frozen;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Commands;

/// <summary>How commands are carried out; immutable, checked once by <see cref="Validate"/>.</summary>
internal sealed record CommandOptions
{
    /// <summary>The greatest number of commands in a bulk.</summary>
    public const int MaximumBulk = 100_000;

    /// <summary>The life of a command that names none.</summary>
    public TimeSpan DefaultLife { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest life.</summary>
    public TimeSpan MaximumLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long after a command's expiry its answer is waited for.</summary>
    public TimeSpan AnswerGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer behind which the gateway's next one is due waits for it, so that both are stored in one insert.</summary>
    public TimeSpan AnswerLinger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long after the output was set the gateway's word on the feedback is waited for; longer than the feedback time-outs of the gateways.</summary>
    public TimeSpan VerifyTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a request waits for the store before it is answered with an error.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bulk commands begun in a second over the whole fleet; each of N workers takes its N-th part.</summary>
    public double BulkPerSecond { get; init; } = 100;

    /// <summary>How many workers share <see cref="BulkPerSecond"/>.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Kinds of assets that are selected before they are operated, unless the request says otherwise.</summary>
    public FrozenSet<string> SelectFirstKinds { get; init; } = FrozenSet.Create("breaker");

    /// <summary>Who may lift anybody's lockout.</summary>
    public FrozenSet<string> Supervisors { get; init; } = [];

    /// <summary>These options for one worker: what is meant for the whole fleet is divided.</summary>
    public CommandOptions Of(WorkerShare share) => this with { Workers = share.Count };

    /// <summary>Checks every value.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public CommandOptions Validate()
    {
        OptionException.ThrowIfOutside("longest life of a command", MaximumLife, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        OptionException.ThrowIfOutside("life of a command", DefaultLife, TimeSpan.FromSeconds(1), MaximumLife);
        OptionException.ThrowIfOutside("time for an answer", AnswerGrace, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
        OptionException.ThrowIfOutside("wait for the next answer", AnswerLinger, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        OptionException.ThrowIfOutside("time for the feedback", VerifyTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        OptionException.ThrowIfOutside("time for the store", StoreTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(5));
        OptionException.ThrowIfOutside("--bulk-per-second", BulkPerSecond, 0.1, 100_000);
        OptionException.ThrowIfOutside("workers", Workers, 1, 64);
        return this;
    }
}
