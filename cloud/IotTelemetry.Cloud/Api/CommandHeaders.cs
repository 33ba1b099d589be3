using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IotTelemetry.Cloud.Api;

/// <summary>The headers of requests that change something. No authentication can be configured yet, on loopback, so the author is who the client says.</summary>
internal sealed record CommandHeaders
{
    private const int LongestKey = 255;

    [FromHeader(Name = "X-Author")]
    [Description("Who does this; required while no authentication is configured. Believed as it is given.")]
    public string? Author { get; init; }

    [FromHeader(Name = "Idempotency-Key")]
    [Description("A request that comes again with the same key within a day is answered with what the first one made.")]
    public string? IdempotencyKey { get; init; }

    /// <summary>The answer that refuses the headers; null when they are allowed.</summary>
    public ProblemHttpResult? Refuse() =>
        string.IsNullOrWhiteSpace(Author) ? ApiProblem.Of(StatusCodes.Status400BadRequest, "The header X-Author is missing: it says who does this, for the audit.", ("parameter", "X-Author"))
        : IdempotencyKey?.Length > LongestKey ? ApiProblem.NotAllowed("Idempotency-Key", IdempotencyKey, $"allowed are at most {LongestKey} characters")
        : null;

    /// <summary>Tells the same request from another under the same key.</summary>
    public string Fingerprint<T>(string target, T body) => string.IsNullOrEmpty(IdempotencyKey)
        ? ""
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{target}\n{Author}\n{JsonSerializer.Serialize(body)}")).AsSpan(0, 16));
}
