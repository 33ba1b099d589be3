namespace IotTelemetry;

/// <summary>
/// LINQ's projections, filters and groups for the code of the device, found before System.Linq's because this namespace encloses that code. Enumerable.Select of .NET 9 is a virtual generic method of every iterator: the native
/// compiler must make each projection to a struct for each kind of iterator over a struct, 2.5 MB of a binary of 17 MB. These are made once for each use.
/// </summary>
internal static class Sequences
{
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        foreach (var item in source)
        {
            yield return selector(item);
        }
    }

    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, int, TResult> selector)
    {
        var index = 0;
        foreach (var item in source)
        {
            yield return selector(item, index++);
        }
    }

    public static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)
    {
        foreach (var item in source)
        {
            if (predicate(item))
            {
                yield return item;
            }
        }
    }

    public static IEnumerable<TSource> Take<TSource>(this IEnumerable<TSource> source, int count)
    {
        foreach (var item in source)
        {
            if (count-- <= 0)
            {
                yield break;
            }

            yield return item;
        }
    }

    public static IEnumerable<TResult> SelectMany<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TResult>> selector)
    {
        foreach (var item in source)
        {
            foreach (var inner in selector(item))
            {
                yield return inner;
            }
        }
    }

    /// <summary>Groups in the order of their first members. Each item looks through the groups: for what one board has, not for thousands of groups.</summary>
    public static IEnumerable<IGrouping<TKey, TSource>> GroupBy<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector)
    {
        List<Group<TKey, TSource>> groups = [];
        foreach (var item in source)
        {
            var key = keySelector(item);
            var group = groups.Find(g => EqualityComparer<TKey>.Default.Equals(g.Key, key));
            if (group is null)
            {
                groups.Add(group = new Group<TKey, TSource>(key));
            }

            group.Add(item);
        }

        return groups;
    }

    private sealed class Group<TKey, TElement>(TKey key) : List<TElement>, IGrouping<TKey, TElement>
    {
        public TKey Key { get; } = key;
    }
}
