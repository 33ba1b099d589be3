using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Lockouts;

/// <summary>
/// Sets and lifts lockouts. Every change is a row in the store, then in force in the <see cref="LockoutBook"/>, then on its way to the gateway: a crash in between leaves it in force
/// at the next start. Changes take turns. Thread-safe.
/// </summary>
internal sealed class LockoutDesk(
    LockoutBook book, LockoutTable table, LockoutPost post, ICommandTargets targets, CommandOptions options, TimeProvider time, ILogger<LockoutDesk> logger, CancellationToken stop)
{
    /// <summary>The longest time to an end: what is to last longer has none.</summary>
    public static readonly TimeSpan LongestUntil = TimeSpan.FromDays(3650);

    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Called after every change, with the asset.</summary>
    public event Action<AssetId>? Changed;

    private SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Reads what is in force.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) => book.Put(await table.ReadAsync(cancellationToken));

    /// <summary>Sends every gateway its set, then ends lockouts as their ends come, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(book.Gateways.Select(post.SendAsync));
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            DateTimeOffset now = time.GetUtcNow();
            Lockout[] withEnd = [.. book.Stored.Where(lockout => lockout.Until is not null)];
            foreach (Lockout ended in withEnd.Where(lockout => !lockout.HoldsAt(now)))
            {
                await RemoveAsync(ended, LockoutAction.Ended, CommandEvidence.Cloud, cancellationToken);
            }

            using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(changed, Task.Delay(TimeToNext(withEnd, now), time, done.Token));
            await done.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Sets the author's lockout of an asset, or changes its reason and end.</summary>
    public async Task<LockoutOutcome> SetAsync(
        AssetId asset, string author, string reason, DateTimeOffset? until, LockoutCondition condition, CancellationToken cancellationToken)
    {
        DateTimeOffset now = CommandDriver.Milliseconds(time.GetUtcNow());
        if ((CommandCheck.TextFault("author", author, 128) ?? CommandCheck.TextFault("reason", reason, 256)) is { } fault)
        {
            return new LockoutOutcome.Invalid(fault.Detail);
        }

        if (until <= now || until > now + LongestUntil)
        {
            return new LockoutOutcome.Invalid($"The end {until:O} is not between now and {LongestUntil.TotalDays:F0} days from now.");
        }

        if (targets.Find(asset) is not { } target)
        {
            return new LockoutOutcome.NotFound($"There is no asset {asset}.");
        }

        await Turn.WaitAsync(cancellationToken);
        try
        {
            GatewayLockouts gateway = book.Of(target.Gateway);
            Lockout? present = gateway.Lockouts.Find(lockout => lockout.Asset == asset && lockout.Holder == author);
            bool isNew = present is null || !present.HoldsAt(now);
            if (!condition.Holds(isNew ? null : present))
            {
                return new LockoutOutcome.Stale(present);
            }

            if (present is null && gateway.Lockouts.Count == LockoutSet.MaximumLockouts)
            {
                return new LockoutOutcome.Invalid($"Gateway {target.Gateway} has {LockoutSet.MaximumLockouts} lockouts, the most it can take.");
            }

            long revision = gateway.Revision + 1;
            Lockout lockout = new(asset, target.Gateway, author, reason, isNew ? now : present!.Since, until is { } end ? CommandDriver.Milliseconds(end) : null, revision);
            await ChangeAsync(isNew ? LockoutAction.Set : LockoutAction.Changed, lockout, author, gateway.With(present, lockout));
            return new LockoutOutcome.InForce(lockout, isNew);
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Lifts a lockout: the author's own, or as a supervisor anybody's.</summary>
    /// <param name="asset">What is held.</param>
    /// <param name="holder">Whose lockout; null for the author's own or, when there is only one, that one.</param>
    /// <param name="author">Who lifts it.</param>
    /// <param name="condition">What must hold.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LockoutOutcome> LiftAsync(AssetId asset, string? holder, string author, LockoutCondition condition, CancellationToken cancellationToken)
    {
        if (CommandCheck.TextFault("author", author, 128) is { } fault)
        {
            return new LockoutOutcome.Invalid(fault.Detail);
        }

        IReadOnlyList<Lockout> held = book.Of(asset);
        Lockout? present = held.FirstOrDefault(lockout => lockout.Holder == (holder ?? author)) ?? (holder is null && held.Count == 1 ? held[0] : null);
        if (present is null)
        {
            return new LockoutOutcome.NotFound(held.Count == 0 ? $"Nobody holds {asset}." : $"{asset} is held by {string.Join(", ", held.Select(lockout => lockout.Holder))}; name one.");
        }

        if (present.Holder != author && !options.Supervisors.Contains(author))
        {
            return new LockoutOutcome.Forbidden($"{present.Holder} holds {asset}: {present.Reason}. Only {present.Holder} or a supervisor may lift it.");
        }

        return condition.Holds(present) && await RemoveAsync(present, LockoutAction.Lifted, author, cancellationToken)
            ? new LockoutOutcome.Gone(present)
            : new LockoutOutcome.Stale(book.Find(asset, present.Holder));
    }

    /// <summary>Hears which revision a gateway has: brings it the lockouts of assets that moved to it, and sends the set again when it has another one.</summary>
    public async Task HearAsync(GatewayId gateway, long? revision, CancellationToken cancellationToken)
    {
        post.Reported(gateway, revision ?? 0);
        Lockout[] moved = [.. book.Stored.Where(lockout => lockout.Gateway != gateway && lockout.Gateway.Site == gateway.Site && targets.Find(lockout.Asset)?.Gateway == gateway)];
        if (moved.Length == 0 && (revision ?? 0) == book.Of(gateway).Revision)
        {
            return;
        }

        await Turn.WaitAsync(cancellationToken);
        try
        {
            GatewayLockouts known = book.Of(gateway);
            if (revision > known.Revision)
            {
                // This store was restored from a copy: the gateway would take what comes next for old news.
                LockoutLog.Behind(logger, known.Revision, gateway.ToString(), revision.Value);
                book.Put(known = known with { Revision = revision.Value + 1 });
            }

            foreach (Lockout lockout in moved)
            {
                GatewayLockouts from = book.Of(lockout.Gateway);
                Lockout arrived = lockout with { Gateway = gateway, Revision = known.Revision + 1 };
                await ChangeAsync(LockoutAction.Set, arrived, CommandEvidence.Cloud, known = known.With(null, arrived));
                await ChangeAsync(LockoutAction.Ended, lockout, CommandEvidence.Cloud, from.Without(lockout));
            }

            await post.SendAsync(known);
        }
        finally
        {
            Turn.Release();
        }
    }

    private async Task<bool> RemoveAsync(Lockout lockout, LockoutAction action, string actor, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            GatewayLockouts gateway = book.Of(lockout.Gateway);
            if (!gateway.Lockouts.Contains(lockout))
            {
                return false;
            }

            await ChangeAsync(action, lockout, actor, gateway.Without(lockout));
            return true;
        }
        finally
        {
            Turn.Release();
        }
    }

    // In turn. Given up only when the service stops: the next start reads whether it is in force.
    private async Task ChangeAsync(LockoutAction action, Lockout lockout, string actor, GatewayLockouts after)
    {
        await table.AppendAsync(action, lockout, after.Revision, time.GetUtcNow(), actor, stop);
        book.Put(after);
        LockoutLog.Changed(logger, lockout.Asset.ToString(), action, actor, lockout.Holder, lockout.Reason);
        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
        Changed?.Invoke(lockout.Asset);
        await post.SendAsync(after);
    }

    // Looked at once a minute at least, since a wall clock may be set while this waits.
    private static TimeSpan TimeToNext(Lockout[] withEnd, DateTimeOffset now) => withEnd.Length == 0
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromMilliseconds(Math.Clamp((withEnd.Min(lockout => lockout.Until!.Value) - now).TotalMilliseconds, 1, 60_000));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
