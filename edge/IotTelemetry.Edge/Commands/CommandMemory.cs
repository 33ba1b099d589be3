using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>The commands that are remembered, for a day where there is room. Guarded by its <see cref="CommandJournal"/>.</summary>
/// <remarks>
/// Nothing is forgotten that could be carried out again: of all that was forgotten the latest expiry is remembered, and what expires no later is refused. That needs no clock to be right but the
/// cloud's, which has written both. A command goes at the earliest when its life has passed since it was written down, by the monotonic clock; by then its expiry lies behind those of all new ones.
/// Of one whose expiry lies ahead all the same, of a cloud whose clock was fast, the answer is kept: forgotten, it would have all commands refused until then.
/// </remarks>
/// <param name="maximum">How many commands there is room for.</param>
/// <param name="opened">When the agent started.</param>
internal sealed class CommandMemory(int maximum, JournalStamp opened)
{
    /// <summary>How long a command is kept where there is room.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>So many commands there is room for, unless told otherwise.</summary>
    public const int MaximumEntries = 8192;

    /// <summary>So many more of those who stand at the gateway. The agent's own are few, and always find room.</summary>
    public const int ReservedEntries = 256;

    /// <summary>How much longer than its life a command is kept: what the clocks of the cloud's machines may differ by.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>What was switched within it counts for the starts per hour.</summary>
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>With one that is turned away go all that are issued so soon after it.</summary>
    private const long TurnedAwayStepMs = 10_000;

    /// <summary>How long nobody looks for what can be forgotten after there was nothing.</summary>
    private const long LookAgainMs = 1000;

    private readonly Dictionary<(Guid, CommandPhase), JournalEntry> _entries = [];
    private readonly Queue<(Guid, CommandPhase)> _order = new();
    private long _lookAgainAtMs;

    /// <summary>The latest expiry of what was forgotten, by the clock of the cloud; 0 when nothing was.</summary>
    public long ForgottenMs { get; private set; }

    /// <summary>Until when commands were issued that were turned away, or may have been, by the clock of the cloud; -1 when none was.</summary>
    public long TurnedAwayMs { get; private set; } = -1;

    /// <summary>Whether there were commands that are not remembered one by one.</summary>
    public bool HasBounds => ForgottenMs > 0 || TurnedAwayMs >= 0;

    public JournalEntry? Find(Guid id, CommandPhase phase) => _entries.GetValueOrDefault((id, phase));

    /// <summary>All, in the order in which they came.</summary>
    public IEnumerable<JournalEntry> Entries() => _order.Select(key => _entries[key]);

    /// <summary>Remembers an entry, in place of an earlier one of the same id and phase.</summary>
    public void Remember(JournalEntry entry)
    {
        var key = (entry.Id, entry.Phase);
        if (!_entries.ContainsKey(key))
        {
            _order.Enqueue(key);
        }

        _entries[key] = entry;
    }

    /// <summary>Takes over what an earlier run knew of those that it did not remember.</summary>
    public void Recall(long forgottenMs, long turnedAwayMs)
    {
        ForgottenMs = Math.Max(ForgottenMs, forgottenMs);
        TurnedAwayMs = Math.Max(TurnedAwayMs, turnedAwayMs);
    }

    /// <summary>Remembers that a command is turned away for want of room, without taking any: by the time it was issued. False when that is remembered already.</summary>
    public bool TurnAway(long issuedMs)
    {
        var isNew = issuedMs > TurnedAwayMs;
        TurnedAwayMs = isNew ? issuedMs + TurnedAwayStepMs : TurnedAwayMs;
        return isNew;
    }

    /// <summary>Whether there is room for one more command; forgets what it may for that.</summary>
    public bool HasRoomFor(CommandOrigin origin, JournalStamp now)
    {
        Forget(now);
        return origin == CommandOrigin.FailSafe || _entries.Count < maximum + (origin == CommandOrigin.Local ? ReservedEntries : 0);
    }

    /// <summary>Forgets what is old, and, without room, the oldest of what can be carried out no more.</summary>
    public void Forget(JournalStamp now)
    {
        for (var left = _order.Count; left > 0 && IsOld(_entries[_order.Peek()], now); left--)
        {
            _ = TryDrop(_order.Dequeue(), now);
        }

        if (_entries.Count >= maximum && now.MonotonicMs >= _lookAgainAtMs)
        {
            MakeRoom(now);
            _lookAgainAtMs = _entries.Count < maximum ? 0 : now.MonotonicMs + LookAgainMs;
        }
    }

    private void MakeRoom(JournalStamp now)
    {
        // A good part at once, since it takes a look at all of them.
        var surplus = _entries.Count - (maximum - Math.Max(1, maximum / 16));
        var keepsSwitch = false;
        for (var left = _order.Count; left > 0; left--)
        {
            var key = _order.Dequeue();
            var entry = _entries[key];
            if (surplus > 0 && IsDispensable(entry, now) && !(keepsSwitch && entry.MayHaveSwitched))
            {
                surplus -= TryDrop(key, now) ? 1 : 0;
                continue;
            }

            // Without a later one, an earlier switching would pass for the last of its point.
            keepsSwitch |= entry.MayHaveSwitched;
            _order.Enqueue(key);
        }
    }

    /// <summary>Forgets an entry; of one that expires in the future by a right clock only what it switched: its answer must stay for repeats.</summary>
    private bool TryDrop((Guid, CommandPhase) key, JournalStamp now)
    {
        var entry = _entries[key];
        if (now.IsTrusted && entry.ExpiresMs > now.AtMs)
        {
            _entries[key] = entry.IsOpen ? entry : entry with { Switch = null };
            _order.Enqueue(key);
            return false;
        }

        _entries.Remove(key);
        ForgottenMs = Math.Max(ForgottenMs, entry.ExpiresMs);
        return true;
    }

    private bool IsOld(JournalEntry entry, JournalStamp now) => AgeOf(entry, now) is var age && age >= Kept && age >= LifeOf(entry);

    private bool IsDispensable(JournalEntry entry, JournalStamp now) =>
        entry is { LifeMs: > 0, IsOpen: false } && AgeOf(entry, now) is var age && age >= LifeOf(entry) && !(entry.MayHaveSwitched && age < Hour);

    // What cannot be dated is at least as old as this run.
    private TimeSpan AgeOf(JournalEntry entry, JournalStamp now) => entry.Stamp.AgeAt(now) ?? opened.AgeAt(now) ?? TimeSpan.Zero;

    private static TimeSpan LifeOf(JournalEntry entry) => TimeSpan.FromMilliseconds(entry.LifeMs) + Margin;
}
