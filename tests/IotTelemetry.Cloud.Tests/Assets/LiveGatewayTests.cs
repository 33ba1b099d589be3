using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Assets;

public sealed class LiveGatewayTests
{
    private readonly LiveState _live = new();
    private readonly FrameDecoder _decoder = new();
    private readonly FrameColumns _columns = new();

    [Fact]
    public void Frame_sets_the_points_it_names()
    {
        TestGateway gateway = new("gw-1");
        Describe(gateway, 1000);
        Send(gateway, gateway.Frame(7, 1, readings: 3, startMs: 5000), 6000);

        LiveAsset bay = _live.Find(new AssetId("harbour", "bay-0"))!.Value;
        Assert.Equal("parking_bay", bay.Kind);
        Assert.Equal("7", bay.Tags["zone"]);
        Assert.True(bay.TryRead("distance_mm", out LiveValue distance));
        Assert.Equal(new LiveValue(5001, 6000, 101.5, null, Quality.Good, 7), distance);
        Assert.True(bay.TryRead("state", out LiveValue state));
        Assert.Equal("free", state.Text);
        Assert.False(_live.Find(new AssetId("harbour", "bay-1"))!.Value.TryRead("occupied", out _));
        Assert.Null(_live.Find(new AssetId("harbour", "bay-9")));
        Assert.Null(_live.Find(new AssetId("elsewhere", "bay-0")));
    }

    [Fact]
    public void Backlog_of_an_older_epoch_counts_as_late_and_changes_nothing()
    {
        TestGateway gateway = new("gw-1");
        Describe(gateway, 0);
        Send(gateway, gateway.Frame(8, 1, readings: 1, startMs: 5000, salt: 1), 6000);
        Send(gateway, gateway.Frame(7, 900, readings: 1, startMs: 4000, salt: 2), 6001);

        LiveAsset bay = _live.Find(new AssetId("harbour", "bay-0"))!.Value;
        Assert.True(bay.TryRead("occupied", out LiveValue value));
        Assert.Equal(5000, value.TsMs);
        Assert.Equal(1u, bay.Model.LateOf(bay.Number));
        Assert.Equal(1ul, bay.Model.UpdatesOf(bay.Number));
    }

    [Fact]
    public void New_birth_keeps_the_values_of_points_that_stay_and_frames_of_the_old_one_still_count()
    {
        TestGateway before = new("gw-1");
        TestGateway after = new("gw-1", bays: 5, extraPoint: "height_mm");
        Describe(before, 1000);
        Send(before, before.Frame(7, 1, readings: 9, startMs: 5000), 6000);
        Describe(after, 2000);
        Send(before, before.Frame(7, 2, readings: 2, startMs: 7000), 8000);

        LiveAsset bay = _live.Find(new AssetId("harbour", "bay-0"))!.Value;
        Assert.True(bay.TryRead("occupied", out LiveValue occupied));
        Assert.Equal(7000, occupied.TsMs);
        Assert.True(bay.TryRead("state", out LiveValue state));
        Assert.Equal(5002, state.TsMs);
        Assert.False(bay.TryRead("height_mm", out _));
        Assert.False(bay.TryRead("distance_mm", out _));
        Assert.Equal(5, _live.Sites.Find("harbour")!.Assets);
    }

    [Fact]
    public void Older_birth_does_not_replace_a_newer_one()
    {
        Describe(new TestGateway("gw-1", bays: 5), 2000);
        Describe(new TestGateway("gw-1", bays: 2), 1000);
        Assert.Equal(5, _live.Find(new GatewayId("harbour", "gw-1"))!.Model!.Assets);
    }

    [Fact]
    public void Gateway_that_replaces_another_has_its_assets_with_their_last_values()
    {
        TestGateway old = new("gw-1");
        TestGateway replacement = new("gw-2", bays: 2);
        Describe(old, 1000);
        Send(old, old.Frame(7, 1, readings: 9, startMs: 5000), 6000);
        Describe(replacement, 9000);
        Describe(old, 9500); // It is switched on once more: a birth with nothing new takes nothing back.

        LiveAsset bay = _live.Find(new AssetId("harbour", "bay-0"))!.Value;
        Assert.Equal("gw-2", bay.Gateway.Id.Gateway);
        Assert.True(bay.TryRead("occupied", out LiveValue value));
        Assert.Equal(5000, value.TsMs);
        Assert.Equal("gw-1", _live.Find(new AssetId("harbour", "bay-2"))!.Value.Gateway.Id.Gateway);
    }

    [Fact]
    public void Assets_that_are_no_longer_described_are_gone()
    {
        Describe(new TestGateway("gw-1", bays: 5), 1000);
        Describe(new TestGateway("gw-1", bays: 2), 2000);
        Assert.Null(_live.Find(new AssetId("harbour", "bay-4")));
        Assert.Equal(2, _live.Sites.Find("harbour")!.Assets);
    }

    [Theory]
    [InlineData(180_000, null, "3 min ahead of the service's")]
    [InlineData(9_000, null, null)]
    [InlineData(-180_000, null, null)] // The first message may have been on its way for so long.
    [InlineData(-180_000, -170_000, "3 min behind the service's")]
    [InlineData(-180_000, -5_000, null)]
    [InlineData(-7_200_000, -7_300_000, "2 h behind the service's")]
    [InlineData(0, 180_000, null)] // It was set right.
    public void A_clock_that_differs_is_told_by_the_status(long offsetMs, int? beforeMs, string? difference)
    {
        LiveGateway gateway = _live.Get(new GatewayId("harbour", "gw-1"));
        foreach (long offset in beforeMs is { } before ? (long[])[before, offsetMs] : [offsetMs])
        {
            gateway.Say(new GatewayStatus { State = GatewayState.Online, BootId = "boot", AtMs = 1_750_000_000_000 + offset }, 1_750_000_000_000);
        }

        // A will says when its connection was made, and nothing of the clock.
        gateway.Say(new GatewayStatus { State = GatewayState.Offline, BootId = "boot", AtMs = 1_000_000 }, 1_750_000_000_000);

        Assert.Equal(difference, gateway.Clock!.Difference);
        Assert.Equal(difference is not null, GatewayHealth.Problems(gateway, 1_750_000_000_000).Any(problem => problem.Contains("clock is", StringComparison.Ordinal)));
    }

    [Fact]
    public void Presence_follows_the_status_and_silence()
    {
        LiveGateway gateway = _live.Get(new GatewayId("harbour", "gw-1"));
        long silence = (long)LiveGateway.SilentAfter.TotalMilliseconds;
        Assert.Equal(GatewayPresence.Unknown, gateway.Presence(1000));
        gateway.Heard(1000);
        Assert.Equal(GatewayPresence.Online, gateway.Presence(1000 + silence));
        gateway.Say(new GatewayStatus { State = GatewayState.Online, BootId = "b", AtMs = 1 }, 2000);
        Assert.Equal(GatewayPresence.Online, gateway.Presence(2000 + silence));
        Assert.Equal(GatewayPresence.Silent, gateway.Presence(2001 + silence));
        gateway.Say(new GatewayStatus { State = GatewayState.Offline, BootId = "b", AtMs = 1 }, 3000);
        Assert.Equal(GatewayPresence.Offline, gateway.Presence(3000));
        gateway.Say(new GatewayStatus { State = GatewayState.Stopped, BootId = "b", AtMs = 1 }, 4000);
        Assert.Equal(GatewayPresence.Stopped, gateway.Presence(4000));
    }

    [Fact]
    public async Task Watch_completes_once_for_all_changes_since_the_last_look()
    {
        TestGateway gateway = new("gw-1");
        Describe(gateway, 1000);
        using GatewayWatch watch = _live.Find(gateway.Id)!.Watch();
        ValueTask waiting = watch.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        Send(gateway, gateway.Frame(7, 1), 6000);
        Send(gateway, gateway.Frame(7, 2), 6001);
        await waiting;
        await watch.WaitAsync(CancellationToken.None);
        ValueTask quiet = watch.WaitAsync(CancellationToken.None);
        Assert.False(quiet.IsCompleted);
        _live.Find(gateway.Id)!.Say(null, 7000);
        await quiet;
    }

    private void Describe(TestGateway gateway, long receivedAtMs) => _live.Get(gateway.Id).Describe(gateway.Birth, receivedAtMs);

    private void Send(TestGateway gateway, byte[] frame, long receivedAtMs)
    {
        _decoder.Decode(frame, gateway.Birth, _columns);
        _live.Get(gateway.Id).Apply(gateway.Birth, _columns, receivedAtMs);
    }
}
