using System.Collections.Concurrent;

namespace IotTelemetry.Cloud.Assets;

/// <summary>Things by name that are added and never removed, with a sorted list that is made when somebody asks for it. Thread-safe.</summary>
internal sealed class SortedRegister<T>
    where T : class
{
    private readonly ConcurrentDictionary<string, T> _items = new(StringComparer.Ordinal);
    private KeyValuePair<string, T>[] _sorted = [];

    public int Count => _items.Count;

    /// <summary>All of them, sorted by code points of their names.</summary>
    public ReadOnlyMemory<KeyValuePair<string, T>> Sorted
    {
        get
        {
            KeyValuePair<string, T>[] sorted = Volatile.Read(ref _sorted);
            if (sorted.Length != _items.Count)
            {
                // Two readers may both sort; either list is right.
                sorted = [.. _items];
                Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
                Volatile.Write(ref _sorted, sorted);
            }

            return sorted;
        }
    }

    public T? Find(string name) => _items.GetValueOrDefault(name);

    public T GetOrAdd<TArgument>(string name, Func<string, TArgument, T> create, TArgument argument) => _items.GetOrAdd(name, create, argument);
}
