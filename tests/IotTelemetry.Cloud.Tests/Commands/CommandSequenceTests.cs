using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>Sequences of anything that may happen, and a crash at every step of the usual ones.</summary>
[Collection(EngineTests.Name)]
public sealed class CommandSequenceTests(EngineFixture fixture)
{
    private static readonly SequenceStep[] Direct =
    [
        SequenceStep.AskDirect, SequenceStep.Deliver, SequenceStep.Answer, SequenceStep.Answer, SequenceStep.Answer,
    ];

    private static readonly SequenceStep[] Select =
    [
        SequenceStep.AskSelect, SequenceStep.Deliver, SequenceStep.Answer, SequenceStep.Deliver, SequenceStep.Answer, SequenceStep.Answer, SequenceStep.Answer,
    ];

    private static readonly SequenceStep[] Waiting =
    [
        SequenceStep.GatewayGone, SequenceStep.AskDirect, SequenceStep.GatewayBack, SequenceStep.Deliver, SequenceStep.Answer, SequenceStep.Answer,
    ];

    // The message is lost with the connection, the gateway says that it never had it, and is sent it anew.
    private static readonly SequenceStep[] Lost =
    [
        SequenceStep.AskDirect, SequenceStep.GatewayGoneUnheard, SequenceStep.GatewayBack, SequenceStep.Deliver, SequenceStep.Answer, SequenceStep.Deliver, SequenceStep.Answer, SequenceStep.Answer,
    ];

    [Fact]
    public async Task A_crash_at_any_step_moves_nothing_twice_and_leaves_the_truth_in_the_audit()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        ManualTime time = new();
        int number = 0;
        foreach (SequenceStep[] usual in (SequenceStep[][])[Direct, Select, Waiting, Lost])
        {
            // A way that begins without its gateway goes on as the others do, where all three were tried.
            SequenceStep[] crashes = usual == Waiting || usual == Lost
                ? [SequenceStep.CrashBeforeInsert, SequenceStep.CrashAfterInsert]
                : [SequenceStep.CrashBeforeInsert, SequenceStep.CrashAfterInsert, SequenceStep.Restart];
            foreach (SequenceStep crash in crashes)
            {
                for (int at = 0; at <= usual.Length; at++)
                {
                    await using CommandSequence sequence = new(fixture, database, time, number++);
                    await sequence.RunAsync([.. usual[..at], crash, .. usual[at..]]);
                }
            }
        }
    }

    [Fact]
    public async Task Whatever_happens_an_output_moves_once_at_most_and_the_audit_tells_the_truth()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        ManualTime time = new();
        int number = 0;
        int tests = int.TryParse(Environment.GetEnvironmentVariable("IOT_COMMAND_SEQUENCES"), out int wanted) ? wanted : 12;
        Gen<SequenceStep[]> steps = Gen.Elements(Enum.GetValues<SequenceStep>()).ArrayOf(30);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll(steps.ToArbitrary(), (Func<SequenceStep[], Task>)(async some =>
        {
            await using CommandSequence sequence = new(fixture, database, time, Interlocked.Increment(ref number));
            await sequence.RunAsync(some);
        })));
    }
}
