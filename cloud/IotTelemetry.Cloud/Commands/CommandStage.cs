namespace IotTelemetry.Cloud.Commands;

/// <summary>Where a command is in its life, as the cloud knows it. What may follow what is in <see cref="CommandTransitions"/>.</summary>
internal enum CommandStage : byte
{
    /// <summary>Recorded; nothing has left the cloud.</summary>
    Requested,

    /// <summary>Begun, and its gateway is away: no message that could be carried out is on its way. It goes on when the gateway is back.</summary>
    Waiting,

    /// <summary>The gateway is asked to reserve the point.</summary>
    Selecting,

    /// <summary>The point is reserved at the gateway; the output has not been asked to move.</summary>
    Selected,

    /// <summary>The gateway is asked to set the output: from here on it may have moved.</summary>
    Sent,

    /// <summary>The gateway has it and will try.</summary>
    Accepted,

    /// <summary>The output was set; the feedback has not shown it yet.</summary>
    Executed,

    /// <summary>The feedback shows it. Final.</summary>
    Verified,

    /// <summary>The output was set, and the gateway has no feedback that could show it. Final.</summary>
    Unverified,

    /// <summary>It was not tried. Final; the code says why.</summary>
    Rejected,

    /// <summary>Its time passed. Final, unless the gateway's late answer shows that the output moved in time.</summary>
    Expired,

    /// <summary>It was tried and did not work, or the feedback does not show it. Final, unless the feedback shows it late.</summary>
    Failed,

    /// <summary>Taken back by a person before the output moved. Final.</summary>
    Cancelled,
}
