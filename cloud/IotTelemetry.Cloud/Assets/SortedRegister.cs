using System.Collections.Concurrent;

namespace IotTelemetry.Cloud.Assets;

/// <summary>Things by name that are added and never removed, with a sorted list that is made when somebody asks for it. Thread-safe.</summary>
internal sealed class SortedRegister<T>
    where T : class
{
    private readonly ConcurrentDictionary<string, T> _items = new(StringComparer.Ordinal);
    private KeyValuePair<string, T>[] _sorted = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>All of them, sorted by code points of their names.</summary>
    public ReadOnlyMemory<KeyValuePair<string, T>> Sorted
    {
        get
        {
            KeyValuePair<string, T>[] sorted = Volatile.Read(ref _sorted);
            if (sorted.Length < Count)
            {
                // Two readers may both sort; either list is right.
                sorted = [.. _items];
                Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
                Volatile.Write(ref _sorted, sorted);
            }

            return sorted;
        }
    }

    /// <summary>Those behind a name, sorted; all for null.</summary>
    public IEnumerable<KeyValuePair<string, T>> After(string? name)
    {
        ReadOnlyMemory<KeyValuePair<string, T>> sorted = Sorted;
        for (int i = name is null ? 0 : FirstAfter(sorted.Span, name); i < sorted.Length; i++)
        {
            yield return sorted.Span[i];
        }
    }

    public T? Find(string name) => _items.GetValueOrDefault(name);

    public T GetOrAdd<TArgument>(string name, Func<string, TArgument, T> create, TArgument argument)
    {
        if (_items.TryGetValue(name, out T? known))
        {
            return known;
        }

        T added = create(name, argument);
        known = _items.GetOrAdd(name, added);
        if (known == added)
        {
            // The dictionary's own count takes its locks.
            Interlocked.Increment(ref _count);
        }

        return known;
    }

    private static int FirstAfter(ReadOnlySpan<KeyValuePair<string, T>> sorted, string name)
    {
        int from = 0;
        int to = sorted.Length;
        while (from < to)
        {
            int middle = (from + to) / 2;
            (from, to) = string.CompareOrdinal(sorted[middle].Key, name) <= 0 ? (middle + 1, to) : (from, middle);
        }

        return from;
    }
}
