namespace IotTelemetry.ClickHouse.Server;

/// <summary>How to reach a ClickHouse server, or several replicas of one, over HTTP.</summary>
public sealed record ServerEngineOptions
{
    /// <summary>Base addresses of the replicas, <c>http://host:8123</c> or <c>https://host:8443</c>, 1 to 64. All must hold the same (replicated) tables.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>Database of names without one; null: the server's choice.</summary>
    public string? Database { get; init; }

    /// <summary>User, sent as <c>X-ClickHouse-User</c>; null: the server's default user.</summary>
    public string? UserName { get; init; }

    /// <summary>Password, sent as <c>X-ClickHouse-Key</c>.</summary>
    public string? Password { get; init; }

    /// <summary>A token in place of user and password, sent as <c>Authorization: Bearer</c>.</summary>
    public string? Token { get; init; }

    /// <summary>A PEM file of certificate authorities to trust instead of the system's, for https with a private authority.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>Whether bodies are compressed.</summary>
    public ServerCompression Compression { get; init; } = ServerCompression.WhenItPays;

    /// <summary>How long a TCP and TLS connection may take to come up, 100 ms to 1 min.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a server may be silent, 1 s to 1 h: a query must give its first bytes, and then the next, within this time.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a request is tried, 1 to 20, the first time included. An insert with a token is repeated with the same token.</summary>
    public int MaximumAttempts { get; init; } = 5;

    /// <summary>Wait before the second attempt, 1 ms to 1 min; it doubles from attempt to attempt, with jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Requests at the same time to one replica, 1 to 1000; more wait.</summary>
    public int MaximumConnections { get; init; } = 16;

    /// <summary>ClickHouse settings of every request. By default inserts are stored when they are answered, not gathered first.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string> { ["async_insert"] = "0" };

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Names the key, the value and what is allowed.</exception>
    public void Validate()
    {
        Check(Endpoints.Count is >= 1 and <= 64, nameof(Endpoints), Endpoints.Count, "1 to 64 addresses");
        foreach (Uri endpoint in Endpoints)
        {
            Check(endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https" && endpoint.UserInfo.Length == 0, nameof(Endpoints), endpoint, "http://host:port or https://host:port, user and password apart");
        }

        Check(Token is null || (UserName is null && Password is null), nameof(Token), "set", "a token or user and password, not both");
        Check(CertificateAuthorityFile is null || File.Exists(CertificateAuthorityFile), nameof(CertificateAuthorityFile), CertificateAuthorityFile, "a PEM file");
        Check(ConnectTimeout >= TimeSpan.FromMilliseconds(100) && ConnectTimeout <= TimeSpan.FromMinutes(1), nameof(ConnectTimeout), ConnectTimeout, "100 ms to 1 min");
        Check(ResponseTimeout >= TimeSpan.FromSeconds(1) && ResponseTimeout <= TimeSpan.FromHours(1), nameof(ResponseTimeout), ResponseTimeout, "1 s to 1 h");
        Check(MaximumAttempts is >= 1 and <= 20, nameof(MaximumAttempts), MaximumAttempts, "1 to 20");
        Check(RetryDelay >= TimeSpan.FromMilliseconds(1) && RetryDelay <= TimeSpan.FromMinutes(1), nameof(RetryDelay), RetryDelay, "1 ms to 1 min");
        Check(MaximumConnections is >= 1 and <= 1000, nameof(MaximumConnections), MaximumConnections, "1 to 1000");
    }

    private static void Check(bool valid, string key, object? value, string allowed)
    {
        if (!valid)
        {
            throw new ArgumentException($"ServerEngineOptions.{key} is {value ?? "null"}; allowed is {allowed}.");
        }
    }
}
