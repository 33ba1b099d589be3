using System.Text;
using System.Text.Unicode;

namespace IotTelemetry.Mqtt;

/// <summary>
/// Topic names and topic filters as UTF-8 (MQTT 5.0 section 4.7): what is valid, and which filter matches which name. Pure functions, no allocation.
/// </summary>
public static class MqttTopicFilter
{
    /// <summary>The longest topic name or filter in bytes [MQTT-4.7.3-3].</summary>
    public const int MaximumLength = ushort.MaxValue;

    private static ReadOnlySpan<byte> SharePrefix => "$share/"u8;

    /// <summary>
    /// True for a topic name: at least one byte [MQTT-4.7.3-1], no null character [MQTT-4.7.3-2], at most 65,535 bytes [MQTT-4.7.3-3], no
    /// wildcard [MQTT-4.7.0-1], well-formed UTF-8 [MQTT-1.5.4-1].
    /// </summary>
    public static bool IsValidTopicName(ReadOnlySpan<byte> topic) =>
        topic.Length is > 0 and <= MaximumLength && topic.IndexOfAny((byte)0, (byte)'+', (byte)'#') < 0 && Utf8.IsValid(topic);

    /// <summary>
    /// True for a topic filter, plain or shared: the rules of a name, but with <c>#</c> only as the whole last level [MQTT-4.7.1-1] and
    /// <c>+</c> only as a whole level [MQTT-4.7.1-2]; <c>$share/</c> needs a group without wildcards and a filter after it [MQTT-4.8.2-1], [MQTT-4.8.2-2].
    /// </summary>
    public static bool IsValidFilter(ReadOnlySpan<byte> filter)
    {
        if (filter.Length is 0 or > MaximumLength || filter.Contains((byte)0) || !Utf8.IsValid(filter))
        {
            return false;
        }

        if (!filter.StartsWith(SharePrefix))
        {
            return HasValidWildcards(filter);
        }

        return TrySplitShared(filter, out var group, out var inner)
            && group.IndexOfAny((byte)'+', (byte)'#') < 0
            && HasValidWildcards(inner);
    }

    /// <summary>True for a valid topic filter given as text.</summary>
    public static bool IsValidFilter(string filter) => IsValidFilter(Encoding.UTF8.GetBytes(filter));

    /// <summary>
    /// Splits <c>$share/group/filter</c>. False if the filter is not shared, or if the group or what follows it is empty.
    /// </summary>
    public static bool TrySplitShared(ReadOnlySpan<byte> filter, out ReadOnlySpan<byte> group, out ReadOnlySpan<byte> inner)
    {
        group = default;
        inner = filter;
        if (!filter.StartsWith(SharePrefix))
        {
            return false;
        }

        var rest = filter[SharePrefix.Length..];
        var slash = rest.IndexOf((byte)'/');
        if (slash <= 0 || slash == rest.Length - 1)
        {
            return false;
        }

        group = rest[..slash];
        inner = rest[(slash + 1)..];
        return true;
    }

    /// <summary>
    /// True if the filter (plain, or a shared one's inner filter) matches the topic name, level by level, byte by byte. A filter that begins with a
    /// wildcard does not match a name that begins with <c>$</c> [MQTT-4.7.2-1]; <c>a/#</c> also matches <c>a</c> [section 4.7.1.2].
    /// Both must be valid.
    /// </summary>
    public static bool Matches(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        if (topic.Length > 0 && topic[0] == (byte)'$' && filter.Length > 0 && filter[0] is (byte)'+' or (byte)'#')
        {
            return false;
        }

        while (true)
        {
            if (filter.Length == 1 && filter[0] == (byte)'#')
            {
                return true;
            }

            var filterEnd = filter.IndexOf((byte)'/');
            var topicEnd = topic.IndexOf((byte)'/');
            var filterLevel = filterEnd < 0 ? filter : filter[..filterEnd];
            var topicLevel = topicEnd < 0 ? topic : topic[..topicEnd];
            if (!(filterLevel.Length == 1 && filterLevel[0] == (byte)'+') && !filterLevel.SequenceEqual(topicLevel))
            {
                return false;
            }

            if (topicEnd < 0)
            {
                return filterEnd < 0 || filter[(filterEnd + 1)..].SequenceEqual("#"u8);
            }

            if (filterEnd < 0)
            {
                return false;
            }

            filter = filter[(filterEnd + 1)..];
            topic = topic[(topicEnd + 1)..];
        }
    }

    private static bool HasValidWildcards(ReadOnlySpan<byte> filter)
    {
        for (var i = filter.IndexOfAny((byte)'+', (byte)'#'); i >= 0;)
        {
            var startsLevel = i == 0 || filter[i - 1] == (byte)'/';
            var endsLevel = i == filter.Length - 1 || (filter[i] == (byte)'+' && filter[i + 1] == (byte)'/');
            if (!startsLevel || !endsLevel)
            {
                return false;
            }

            var next = filter[(i + 1)..].IndexOfAny((byte)'+', (byte)'#');
            i = next < 0 ? -1 : i + 1 + next;
        }

        return true;
    }
}
