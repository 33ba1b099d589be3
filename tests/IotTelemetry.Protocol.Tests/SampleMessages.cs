namespace IotTelemetry.Protocol.Tests;

/// <summary>One message of each kind with every field set.</summary>
internal static class SampleMessages
{
    public static StoredCursor Cursor { get; } = new()
    {
        Epochs = [new EpochCursor(7, 1200), new EpochCursor(6, 88)],
        Refused = [new RefusedFrame(7, 1190, RefusalReason.Checksum, "The frame's checksum does not match.")],
        Rebirth = [Samples.Mixed.Hash],
        NewEpoch = true,
    };

    public static GatewayStatus Status { get; } = new()
    {
        State = GatewayState.Online,
        BootId = Samples.Header.BootId,
        AtMs = Samples.Noon,
        Clock = ClockQuality.Holdover,
        Epoch = 7,
        OutboxFrames = 3,
        OutboxBytes = 1700,
        ReadingsDropped = 0,
        LockoutRevision = 7,
        Faults = [new GatewayFault("i2c-1", "No answer from 0x48.", Samples.Noon - 5000)],
    };

    public static Command Command { get; } = new()
    {
        Id = Guid.Parse("019a9f3c-7a00-7cc3-98c4-dc0c0c07398f"),
        Phase = CommandPhase.Select,
        Asset = "breaker-12",
        Point = "state",
        Value = PointValue.Of("closed"),
        Expected = PointValue.Of("open"),
        Author = "a.meier@example.org",
        Reason = "Feeder 3 back after maintenance",
        IssuedMs = Samples.Noon,
        ExpiresMs = Samples.Noon + 30_000,
        LifeMs = 29_500,
    };

    public static CommandResult Result { get; } = new()
    {
        Id = Command.Id,
        Phase = CommandPhase.Select,
        State = CommandState.Selected,
        Code = CommandCode.Ok,
        Detail = "Reserved.",
        Observed = PointValue.Of("open"),
        ObservedAtMs = Samples.Noon + 700,
        SelectedUntilMs = Samples.Noon + 15_700,
        AtMs = Samples.Noon + 710,
        Clock = ClockQuality.Synchronised,
    };

    public static CommandResult Executed { get; } = new()
    {
        Id = Command.Id,
        Phase = CommandPhase.Operate,
        State = CommandState.Executed,
        Code = CommandCode.Ok,
        VerifyByMs = Samples.Noon + 6_150,
        AtMs = Samples.Noon + 4_150,
    };

    public static LockoutSet Lockouts { get; } = new()
    {
        Revision = 7,
        Lockouts =
        [
            new AssetLockout { Asset = "load-3", Holder = "a.meier@example.org", Reason = "Cable work in pit 12", SinceMs = Samples.Noon, UntilMs = Samples.Noon + 28_800_000 },
            new AssetLockout { Asset = "load-3", Holder = "b.rossi@example.org", Reason = "Cable work in pit 12", SinceMs = Samples.Noon },
        ],
    };
}
