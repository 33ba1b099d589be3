namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>What may happen next.</summary>
public enum SequenceStep
{
    AskDirect,
    AskSelect,
    AskOther,
    Deliver,
    DeliverTwice,
    LoseMessages,
    Answer,
    AnswerLate,
    AnswerTwice,
    LoseAnswer,
    Wait,
    WaitLong,
    Cancel,
    Lock,
    Unlock,
    GatewayGone,
    GatewayGoneUnheard,
    GatewayBack,
    BrokerAway,
    CrashBeforeInsert,
    CrashAfterInsert,
    Restart,
}
