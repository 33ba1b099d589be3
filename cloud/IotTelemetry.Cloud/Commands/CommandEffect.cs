namespace IotTelemetry.Cloud.Commands;

/// <summary>What is said to the gateway after a transition is recorded, never before.</summary>
internal enum CommandEffect : byte
{
    None,

    /// <summary>The message of the phase <c>direct</c>.</summary>
    SendDirect,

    /// <summary>The message of the phase <c>select</c>. It moves nothing, so it may be said again.</summary>
    SendSelect,

    /// <summary>The message of the phase <c>operate</c>.</summary>
    SendOperate,

    /// <summary>The message of the phase <c>cancel</c>, so that the reservation does not last until its end.</summary>
    SendCancel,

    /// <summary>
    /// What became of it? The same message again, with no life left: a gateway that has it answers with its result, one that has not answers <c>expired</c>, remembers
    /// that, and will not carry it out when the first message comes late. So nothing is ever sent twice that might be carried out twice.
    /// </summary>
    Ask,
}
