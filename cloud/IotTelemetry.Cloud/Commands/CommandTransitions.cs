using static IotTelemetry.Cloud.Commands.CommandEffect;
using static IotTelemetry.Cloud.Commands.CommandStage;

namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// The life of a command as a table (SPECIFICATION.md, section 7; the select-before-operate of IEC 61850-7-2, clause 20). Pure: who uses it records the stage, then does
/// the effect. Two rules shape it:
/// what may have moved the output is never sent again, only asked about, until it is proved that the gateway does not have it; and the gateway's word that the output moved outranks the cloud's guess from a clock.
/// </summary>
internal static class CommandTransitions
{
    /// <summary>What follows; null when the trigger means nothing in this stage (a repeated or late answer, a cancel that comes too late).</summary>
    public static CommandStep? Next(CommandStage stage, CommandTrigger trigger) => (stage, trigger) switch
    {
        (Requested, CommandTrigger.Hold) => new(Waiting, None),
        (Requested or Waiting, CommandTrigger.StartDirect) => new(Sent, SendDirect),
        (Requested or Waiting, CommandTrigger.StartSelect) => new(Selecting, SendSelect),
        (Requested or Waiting, CommandTrigger.Refuse) => new(Rejected, None),
        (Requested or Waiting, CommandTrigger.Cancel) => new(Cancelled, None),
        (Requested or Waiting, CommandTrigger.Due or CommandTrigger.GiveUp) => new(Expired, None),
        (Selecting or Sent, CommandTrigger.Unreached) => new(Waiting, None),

        (Selecting, CommandTrigger.SelectDone) => new(Selected, None),
        (Selecting, CommandTrigger.SelectRejected) => new(Rejected, None),
        (Selecting, CommandTrigger.SelectExpired) => new(Expired, None),
        (Selecting, CommandTrigger.SelectFailed) => new(Failed, None),
        (Selecting, CommandTrigger.Resume) => new(Selecting, SendSelect),

        (Selected, CommandTrigger.Operate) => new(Sent, SendOperate),

        // Until the operate is sent the output cannot have moved, whatever the gateway has reserved.
        (Selecting or Selected, CommandTrigger.Refuse) => new(Rejected, SendCancel),
        (Selecting or Selected, CommandTrigger.Cancel) => new(Cancelled, SendCancel),
        (Selecting or Selected, CommandTrigger.Due or CommandTrigger.GiveUp) => new(Expired, SendCancel),

        (Sent, CommandTrigger.Accepted) => new(Accepted, None),
        (Sent or Accepted, CommandTrigger.Executed) => new(Executed, None),
        (Sent or Accepted, CommandTrigger.ExecutedUnwatched) => new(Unverified, None),
        (Sent or Accepted, CommandTrigger.Rejected) => new(Rejected, None),
        (Sent or Accepted, CommandTrigger.Expired) => new(Expired, None),
        (Sent or Accepted or Executed, CommandTrigger.Verified) => new(Verified, None),
        (Sent or Accepted or Executed, CommandTrigger.Failed) => new(Failed, None),
        (Sent or Accepted or Executed, CommandTrigger.Due or CommandTrigger.Resume) => new(stage, Ask),
        (Sent or Accepted, CommandTrigger.Cancel) => new(stage, SendCancel), // only the gateway knows whether it is too late
        (Sent or Accepted, CommandTrigger.Cancelled) => new(Cancelled, None),
        (Sent or Accepted, CommandTrigger.GiveUp) => new(Expired, None),
        (Executed, CommandTrigger.GiveUp) => new(Failed, None),

        // The cloud gave up on the answer, and here it is after all.
        (Expired, CommandTrigger.Executed) => new(Executed, None),
        (Expired, CommandTrigger.ExecutedUnwatched) => new(Unverified, None),
        (Expired, CommandTrigger.Failed) => new(Failed, None),
        (Expired, CommandTrigger.Rejected) => new(Rejected, None),
        (Expired, CommandTrigger.Cancelled) => new(Cancelled, None),
        (Expired or Failed, CommandTrigger.Verified) => new(Verified, None),

        _ => null,
    };

    /// <summary>Nothing is waited for any more, and the asset is free for the next command.</summary>
    public static bool IsFinal(this CommandStage stage) => stage is Verified or Unverified or Rejected or Expired or Failed or Cancelled;
}
