namespace IotTelemetry.Cloud.Commands;

/// <summary>What happens to a command. Answers of the gateway are told apart by the phase they answer: a late answer to the select says nothing about the output.</summary>
internal enum CommandTrigger : byte
{
    /// <summary>It is begun, and one message is to do all.</summary>
    StartDirect,

    /// <summary>It is begun, and the point is to be selected first.</summary>
    StartSelect,

    /// <summary>It is begun, and its gateway is away.</summary>
    Hold,

    /// <summary>
    /// It is proved that the gateway does not have it: the broker had nobody to give it to; or the gateway, asked, does not know it, and from then on will not carry it out when it comes late.
    /// </summary>
    Unreached,

    /// <summary>The point is selected and nothing has come in the way since.</summary>
    Operate,

    /// <summary>The cloud itself refuses it: a lockout, another command on the asset, a guard that does not hold.</summary>
    Refuse,

    /// <summary>A person takes it back.</summary>
    Cancel,

    /// <summary>Its expiry has come, or for an executed one half of the time for its feedback.</summary>
    Due,

    /// <summary>No answer can be waited for any longer.</summary>
    GiveUp,

    /// <summary>The cloud has restarted, or the gateway has come back: an answer may have been lost.</summary>
    Resume,

    /// <summary>The gateway has reserved the point.</summary>
    SelectDone,

    /// <summary>The gateway does not reserve the point.</summary>
    SelectRejected,

    /// <summary>The select came too late.</summary>
    SelectExpired,

    /// <summary>The gateway tried to reserve the point and could not.</summary>
    SelectFailed,

    /// <summary>The gateway has it and will try.</summary>
    Accepted,

    /// <summary>The output was set, and the gateway watches the feedback.</summary>
    Executed,

    /// <summary>The output was set, and there is no feedback: the gateway will say no more.</summary>
    ExecutedUnwatched,

    /// <summary>The feedback shows it.</summary>
    Verified,

    /// <summary>The gateway did not try.</summary>
    Rejected,

    /// <summary>It came too late; the output was not and will not be set by this command.</summary>
    Expired,

    /// <summary>The gateway tried and it did not work, or the feedback shows something else.</summary>
    Failed,

    /// <summary>The gateway took it back before it set the output.</summary>
    Cancelled,
}
