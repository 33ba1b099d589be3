using System.Collections.Concurrent;

namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// Which request came under which <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header) within the last day: a repeat is answered with what the first one made.
/// The keys stand in the rows of the commands, and are read back at a start. Thread-safe.
/// </summary>
internal sealed class IdempotencyKeys(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Key, Entry Entry)> _order = new();

    /// <summary>Takes a key for a new request, unless an earlier one has it.</summary>
    /// <param name="key">The key; an empty one is always free.</param>
    /// <param name="fingerprint">Of the request.</param>
    /// <param name="id">What the request makes: a command or a bulk.</param>
    /// <returns>The entry that has the key now: its id is <paramref name="id"/> when the request is new.</returns>
    public Entry Claim(string key, string fingerprint, Guid id)
    {
        Forget();
        Entry mine = new(fingerprint, id, time.GetUtcNow());
        if (key.Length == 0)
        {
            return mine;
        }

        Entry has = _entries.GetOrAdd(key, mine);
        if (has == mine)
        {
            _order.Enqueue((key, mine));
        }

        return has;
    }

    /// <summary>Gives a key back whose request was not recorded.</summary>
    public void Release(string key, Entry entry) => _entries.TryRemove(KeyValuePair.Create(key, entry));

    private void Forget()
    {
        while (_order.TryPeek(out (string Key, Entry Entry) oldest) && time.GetUtcNow() - oldest.Entry.At > Kept && _order.TryDequeue(out oldest))
        {
            Release(oldest.Key, oldest.Entry);
        }
    }

    /// <summary>Who has a key.</summary>
    /// <param name="Fingerprint">Of the request.</param>
    /// <param name="Id">What it made.</param>
    /// <param name="At">When it came.</param>
    internal sealed record Entry(string Fingerprint, Guid Id, DateTimeOffset At);
}
