namespace IotTelemetry.Mqtt;

/// <summary>Checks what the caller may get wrong in a subscription, before anything is sent.</summary>
internal static class SubscribeCheck
{
    /// <exception cref="ArgumentException">Names what is wrong and what is allowed.</exception>
    public static void Check(IReadOnlyList<string> filters, MqttSubscribeOptions options)
    {
        ArgumentNullException.ThrowIfNull(filters);
        if (filters.Count == 0)
        {
            throw new ArgumentException("A subscription needs at least one topic filter [MQTT-3.8.3-2].", nameof(filters));
        }

        foreach (var filter in filters)
        {
            if (!MqttTopicFilter.IsValidFilter(filter))
            {
                throw new ArgumentException(
                    $"'{filter}' is not a topic filter. Allowed: levels separated by '/', '+' for a whole level, '#' for the rest, $share/group/filter.",
                    nameof(filters));
            }

            if (options.NoLocal && filter.StartsWith("$share/", StringComparison.Ordinal))
            {
                throw new ArgumentException($"NoLocal is not allowed on the shared subscription '{filter}' [MQTT-3.8.3-4].", nameof(options));
            }
        }

        if (options.QueueCapacity < 1 || options.QueueCapacityBytes < 1)
        {
            throw new ArgumentException(
                $"QueueCapacity is {options.QueueCapacity}, QueueCapacityBytes {options.QueueCapacityBytes}. Allowed: 1 or more.", nameof(options));
        }
    }
}
