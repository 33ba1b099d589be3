using IotTelemetry.Cloud.Door.Running;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Door;

public sealed class ReaderMemoryTests
{
    private const long All = 1536L << 20;
    private static readonly DoorUser User = DoorUser.OfThisMachine[0];
    private readonly ManualTime _time = new();
    private readonly ReaderMemory _memory;

    public ReaderMemoryTests() => _memory = new ReaderMemory(All, _time);

    [Fact]
    public async Task Ten_readers_at_once_have_their_share_and_all_together_no_more_than_there_is()
    {
        List<MemoryShare> shares = [];
        for (int i = 0; i < 10; i++)
        {
            shares.Add(await TakeAsync(null));
        }

        Assert.Equal(384L << 20, shares[0].Bytes);
        Assert.All(shares, share => Assert.InRange(share.Bytes, ReaderMemory.Least, User.Limits.MaximumMemoryBytes));
        Assert.InRange(shares.Sum(share => share.Bytes), 0, All);
    }

    [Fact]
    public async Task Who_asks_gets_what_he_asks_for_and_nobody_more_than_his_limit()
    {
        Assert.Equal(500L << 20, (await TakeAsync(500L << 20)).Bytes);
        DoorUser small = User with { Limits = new DoorLimits(MaximumMemoryBytes: 20 << 20) };
        Assert.Equal(20 << 20, (await _memory.TakeAsync(small, null, CancellationToken.None)).Bytes);
        Assert.Equal(452, (await Assert.ThrowsAsync<QueryRefusedException>(() => TakeAsync(All + 1))).Code);
    }

    [Fact]
    public async Task Who_finds_too_little_waits_in_the_order_of_asking_and_not_for_ever()
    {
        MemoryShare all = await TakeAsync(All);
        Task<MemoryShare> large = TakeAsync(All);
        Task<MemoryShare> small = TakeAsync(1);
        all.Dispose();
        all.Dispose();
        MemoryShare served = await large;
        Assert.False(small.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(User.Limits.MaximumWaitSeconds));
        QueryRefusedException refused = await Assert.ThrowsAsync<QueryRefusedException>(() => small);
        Assert.Equal(202, refused.Code);

        served.Dispose();
        Assert.Equal(All, (await TakeAsync(All)).Bytes);
    }

    [Fact]
    public async Task Who_goes_away_while_waiting_takes_nothing_and_lets_the_next_one_pass()
    {
        using CancellationTokenSource gone = new();
        using MemoryShare half = await TakeAsync(All / 2);
        Task<MemoryShare> waiting = _memory.TakeAsync(User, All, gone.Token);
        Task<MemoryShare> next = TakeAsync(All / 2);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(All / 2, (await next).Bytes);
    }

    private Task<MemoryShare> TakeAsync(long? asked) => _memory.TakeAsync(User, asked, CancellationToken.None);
}
