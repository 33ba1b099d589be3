namespace IotTelemetry.Broker.Routing;

/// <summary>
/// The sessions that share one subscription (MQTT 5.0 section 4.8.2): each message goes to one of them, in turn, those that can take it now first.
/// Thread-safe.
/// </summary>
internal sealed class SharedGroup(byte[] key, byte[] filter) : Subscriber
{
    private Subscription[] _members = [];
    private uint _turn;

    /// <summary>Share name and filter, by which the <see cref="SubscriptionTable"/> finds it.</summary>
    public byte[] Key { get; } = key;

    /// <summary>The filter without <c>$share/name/</c>.</summary>
    public byte[] Filter { get; } = filter;

    public bool IsEmpty => _members.Length == 0;

    /// <summary>Changes are serialised by the <see cref="SubscriptionTable"/>; readers see the old or the new array.</summary>
    public void Add(Subscription member) => Volatile.Write(ref _members, [.. _members, member]);

    public void Remove(Subscription member) => Volatile.Write(ref _members, Array.FindAll(_members, other => other != member));

    public void Replace(Subscription member, Subscription replacement) =>
        Volatile.Write(ref _members, Array.ConvertAll(_members, other => other == member ? replacement : other));

    /// <summary>The member whose turn it is: a ready one, else a connected one, else one whose session waits; none if the group is empty.</summary>
    public Subscription? Next()
    {
        var members = Volatile.Read(ref _members);
        if (members.Length == 0)
        {
            return null;
        }

        var start = Interlocked.Increment(ref _turn) % (uint)members.Length;
        Subscription? connected = null;
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[(start + i) % members.Length];
            if (member.Session.IsReady)
            {
                return member;
            }

            if (connected is null && member.Session.IsConnected)
            {
                connected = member;
            }
        }

        return connected ?? members[start];
    }
}
