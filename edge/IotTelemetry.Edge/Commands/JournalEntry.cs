using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>What the journal remembers of one phase of one command.</summary>
/// <param name="Id">The command's id.</param>
/// <param name="Phase">The phase.</param>
/// <param name="Fingerprint">Tells the same content from another under the same id.</param>
/// <param name="Result">The last answer; null while the output is being set, and for ever when the agent ended in the middle of that.</param>
/// <param name="Stamp">When this was written.</param>
/// <param name="Switch">What is set, by whom and why; null for what sets nothing.</param>
/// <param name="LifeMs">How long the command could be carried out from the moment it was issued, milliseconds; 0 when that is not known.</param>
/// <param name="ExpiresMs">Until when, by the clock of the cloud, Unix milliseconds; 0 for what began at the gateway and cannot come again.</param>
internal sealed record JournalEntry(
    Guid Id, CommandPhase Phase, string Fingerprint, CommandResult? Result, JournalStamp Stamp, JournalSwitch? Switch = null, long LifeMs = 0, long ExpiresMs = 0)
{
    public static JournalEntry Of(Command command, CommandOrigin origin, string fingerprint, CommandResult? result, JournalStamp stamp, JournalSwitch? set = null) =>
        new(command.Id, command.Phase, fingerprint, result, stamp, set, command.ExpiresMs - command.IssuedMs, origin == CommandOrigin.Cloud ? command.ExpiresMs : 0);

    /// <summary>Whether the output was set, as far as is known: also when that was about to happen.</summary>
    public bool MayHaveSwitched => Switch is not null && Result?.State is null or CommandState.Executed or CommandState.Verified or CommandState.Failed;

    /// <summary>Whether it was under way and has no end yet.</summary>
    public bool IsOpen => Result is null or { State: CommandState.Accepted } or { State: CommandState.Executed, IsFinal: false };
}
