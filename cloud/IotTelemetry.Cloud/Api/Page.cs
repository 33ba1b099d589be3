using Microsoft.AspNetCore.Http.HttpResults;

namespace IotTelemetry.Cloud.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Next">The value of <c>after</c> for the next page; absent on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>What all lists have in common.</summary>
internal static class Page
{
    public const int DefaultLimit = 100;
    public const int MaximumLimit = 1000;

    /// <summary>The answer that refuses a limit; null for one that is allowed.</summary>
    public static ProblemHttpResult? Refuse(int? limit) =>
        limit is null or (>= 1 and <= MaximumLimit) ? null : ApiProblem.NotAllowed("limit", limit, $"allowed is 1 to {MaximumLimit}");

    /// <summary>The first <paramref name="limit"/> of the items, which are one more when there is a next page.</summary>
    public static Page<T> Of<T>(List<T> items, int limit, Func<T, string> key) =>
        items.Count > limit ? new(items[..limit], key(items[limit - 1])) : new(items, null);
}
