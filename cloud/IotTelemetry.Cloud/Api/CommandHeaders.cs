using System.ComponentModel;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IotTelemetry.Cloud.Api;

/// <summary>Who changes something, and the headers of such a request.</summary>
internal sealed record CommandHeaders
{
    private const int LongestKey = 255;

    /// <summary>Who has logged in; see <see cref="ApiLogin"/>.</summary>
    public ClaimsPrincipal? User { get; init; }

    [FromHeader(Name = "X-Author")]
    [Description("Who does this. Required and believed where no users are configured; where they are, the author is who has logged in.")]
    public string? ClaimedAuthor { get; init; }

    [FromHeader(Name = "Idempotency-Key")]
    [Description("A request that comes again with the same key within a day is answered with what the first one made.")]
    public string? IdempotencyKey { get; init; }

    /// <summary>Who does this, for the audit.</summary>
    public string? Author => User?.Identity is { IsAuthenticated: true, Name: { } name } ? name : ClaimedAuthor;

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
