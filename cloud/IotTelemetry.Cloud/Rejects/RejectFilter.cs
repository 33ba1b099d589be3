namespace IotTelemetry.Cloud.Rejects;

/// <summary>Which rejects are meant; what is null does not matter.</summary>
/// <param name="Gateway">Of this gateway only, <c>site/gateway</c>.</param>
/// <param name="Reason">With this reason only, as in SPECIFICATION.md section 8.</param>
/// <param name="Since">Received then or later.</param>
/// <param name="Until">Received before.</param>
/// <param name="Limit">The newest this many, 1 to 100,000.</param>
internal sealed record RejectFilter(string? Gateway, string? Reason, DateTimeOffset? Since, DateTimeOffset? Until, int Limit)
{
    /// <summary>Conditions over the table <c>rejects</c>, with placeholders for <see cref="Parameters"/>.</summary>
    public string Sql => string.Join(" AND ", Conditions.DefaultIfEmpty("1"));

    /// <summary>The placeholders' values.</summary>
    public IEnumerable<(string Name, string Value)> Parameters
    {
        get
        {
            if (Gateway is not null)
            {
                yield return ("of", Gateway);
            }

            if (Reason is not null)
            {
                yield return ("reason", Reason);
            }

            if (Since is { } since)
            {
                yield return ("since", Milliseconds(since));
            }

            if (Until is { } until)
            {
                yield return ("until", Milliseconds(until));
            }
        }
    }

    private IEnumerable<string> Conditions
    {
        get
        {
            if (Gateway is not null)
            {
                yield return "concat(site, '/', gateway) = {of:String}";
            }

            if (Reason is not null)
            {
                yield return "reason = {reason:String}";
            }

            if (Since is not null)
            {
                yield return "received_at >= fromUnixTimestamp64Milli({since:Int64})";
            }

            if (Until is not null)
            {
                yield return "received_at < fromUnixTimestamp64Milli({until:Int64})";
            }
        }
    }

    private static string Milliseconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
}
