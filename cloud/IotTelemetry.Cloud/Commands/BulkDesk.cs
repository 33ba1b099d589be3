using System.Collections.Concurrent;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// Bulks: all commands are recorded at once, and begun at a limited rate. Each is a command like any other, with its own refusals, life and result; its life begins with its turn.
/// The fleet's rate is shared by all bulks and all workers. Thread-safe.
/// </summary>
internal sealed class BulkDesk(CommandCheck check, CommandBook book, CommandDesk desk, CommandDriver driver, IdempotencyKeys keys, CommandOptions options, TimeProvider time, CancellationToken stop)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    // Twice the time a bulk needs and this: one that cannot be begun by then (the service was down, other bulks took the fleet's rate) is not wanted any more.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);
    private const int FaultsTold = 10;
    private readonly double _fleetPerSecond = options.BulkPerSecond / options.Workers;
    private readonly RateMeter _fleet = new(options.BulkPerSecond / options.Workers, time);
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    // Each bulk's own rate, and what waits for a turn: a gateway that says its status again and again must not make them more.
    private readonly ConcurrentDictionary<Guid, RateMeter> _rates = new();
    private readonly ConcurrentDictionary<TrackedCommand, Guid> _queued = new();

    /// <summary>Asks for a bulk. Completes when all its commands are recorded.</summary>
    public async Task<BulkOutcome> RequestAsync(BulkOrder order)
    {
        double perSecond = Math.Min(order.PerSecond ?? _fleetPerSecond, _fleetPerSecond);
        if (Fault(order, perSecond) is { } fault)
        {
            return fault;
        }

        DateTimeOffset now = time.GetUtcNow();
        TimeSpan needed = TimeSpan.FromSeconds(order.Assets.Count / perSecond);
        BulkTicket ticket = new(Guid.CreateVersion7(now), perSecond, CommandDriver.Milliseconds(now + needed + needed + Slack));
        if (Requests(order, ticket, now, out BulkOutcome.Invalid? invalid) is not { } commands)
        {
            return invalid!;
        }

        IdempotencyKeys.Entry entry = keys.Claim(order.Command.IdempotencyKey, order.Command.Fingerprint, ticket.Id);
        if (entry.Id != ticket.Id)
        {
            return entry.Fingerprint == order.Command.Fingerprint ? new BulkOutcome.Taken(entry.Id, commands.Count, IsRepeat: true) : new BulkOutcome.KeyReused();
        }

        Task recording = driver.RecordAsync(commands);
        try
        {
            await recording.WaitAsync(options.StoreTimeout, time, stop);
        }
        catch (TimeoutException)
        {
            keys.Release(order.Command.IdempotencyKey, entry);
            Track(WithdrawAsync(recording, commands));
            return new BulkOutcome.NotRecorded();
        }

        Run(ticket, commands);
        return new BulkOutcome.Taken(ticket.Id, commands.Count);
    }

    /// <summary>Stops a bulk: takes back all its commands that can still be taken back.</summary>
    /// <returns>How many were.</returns>
    public async Task<int> StopAsync(Guid bulk, string author, string reason)
    {
        bool[] stopped = await Task.WhenAll(book.All
            .Where(command => command.Request.Bulk?.Id == bulk && !command.Stage.IsFinal())
            .Select(command => desk.CancelAsync(command, author, reason, CloudCode.BulkStopped)));
        return stopped.Count(done => done);
    }

    /// <summary>Goes on with commands of bulks that a restart interrupted, or that waited for a gateway.</summary>
    public void GoOn(IReadOnlyList<TrackedCommand> commands)
    {
        foreach (IGrouping<Guid, TrackedCommand> bulk in commands.GroupBy(command => command.Request.Bulk!.Id))
        {
            Run(bulk.First().Request.Bulk!, [.. bulk]);
        }
    }

    /// <summary>Completes when no bulk is under way: all have begun their last command, or the service stops.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_running.Keys);

    private void Run(BulkTicket ticket, IReadOnlyList<TrackedCommand> commands)
    {
        TrackedCommand[] added = [.. commands.Where(command => _queued.TryAdd(command, ticket.Id))];
        if (added.Length > 0)
        {
            Track(Task.Run(() => RunAsync(ticket, added), CancellationToken.None));
        }
    }

    private void Track(Task work)
    {
        _running[work] = true;
        _ = work.ContinueWith(ended => _running.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunAsync(BulkTicket ticket, TrackedCommand[] commands)
    {
        int next = 0;
        while (next < commands.Length)
        {
            RateMeter own = _rates.GetOrAdd(ticket.Id, _ => new RateMeter(ticket.PerSecond, time));
            int mine = own.Take(commands.Length - next);
            int turns = _fleet.Take(mine);
            own.Return(mine - turns);
            if (turns == 0)
            {
                await Task.Delay(Beat, time, stop);
                continue;
            }

            // One that was cancelled or expired meanwhile uses its turn: it is cheap, and the limit is an upper one.
            // Out of the queue first, so that a gateway that comes back while its command is begun in vain finds it.
            ArraySegment<TrackedCommand> begun = new(commands, next, turns);
            foreach (TrackedCommand command in begun)
            {
                _queued.TryRemove(command, out _);
            }

            await Task.WhenAll(begun.Where(command => command.Stage is CommandStage.Requested or CommandStage.Waiting).Select(desk.StartAsync)).WaitAsync(stop);
            next += turns;
        }

        if (!_queued.Values.Contains(ticket.Id))
        {
            _rates.TryRemove(ticket.Id, out _);
        }
    }

    // Recorded after all, when who asked for it was told that it was not.
    private async Task WithdrawAsync(Task recording, IReadOnlyList<TrackedCommand> commands)
    {
        await recording.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (recording.IsCompletedSuccessfully)
        {
            CommandEvidence late = CommandEvidence.ByCloud(CloudCode.Cancelled, "The store took too long to record the bulk: it was not begun.");
            await Task.WhenAll(commands.Select(command => driver.AdvanceAsync(command, (CommandTrigger.Cancel, late))));
        }
    }

    private BulkOutcome.Invalid? Fault(BulkOrder order, double perSecond)
    {
        string? problem = order.Assets.Count == 0 ? "The bulk is for no asset: none is named, or none fits what was asked for."
            : order.Assets.Count > CommandOptions.MaximumBulk ? $"A bulk of {order.Assets.Count} assets is not allowed; 1 to {CommandOptions.MaximumBulk} are."
            : order.PerSecond is <= 0 or double.NaN ? "The rate is not above 0."
            : order.Assets.Distinct().Count() < order.Assets.Count ? "An asset is named twice."
            : order.Assets.Count / perSecond > options.MaximumLife.TotalSeconds ? $"At {perSecond:0.###} commands a second {order.Assets.Count} take longer than {options.MaximumLife}."
            : null;
        return problem is null ? null : new(CodeName.Of(CommandCode.Malformed), problem);
    }

    // All or nothing: a list with a mistake in it is not half a list.
    private List<TrackedCommand>? Requests(BulkOrder order, BulkTicket ticket, DateTimeOffset now, out BulkOutcome.Invalid? invalid)
    {
        List<TrackedCommand> commands = new(order.Assets.Count);
        List<CommandOutcome.Invalid> faults = [];
        foreach (Assets.AssetId asset in order.Assets)
        {
            if (check.Check(order.Command with { Asset = asset }, now, ticket, out CommandOutcome.Invalid? fault) is { } request)
            {
                commands.Add(new TrackedCommand(request, []));
            }
            else
            {
                faults.Add(fault!);
            }
        }

        invalid = faults.Count == 0 ? null : new(
            faults[0].Code,
            string.Join(' ', faults.Take(FaultsTold).Select(fault => fault.Detail).Distinct()) + (faults.Count > FaultsTold ? $" And {faults.Count - FaultsTold} more." : ""));
        return faults.Count == 0 ? commands : null;
    }
}
