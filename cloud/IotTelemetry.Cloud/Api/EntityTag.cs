using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace IotTelemetry.Cloud.Api;

/// <summary>Entity tags (RFC 9110, section 8.8.3) of things that have a version, so that nobody changes what somebody else changed in the meantime.</summary>
internal static class EntityTag
{
    /// <summary>The strong tag of a version.</summary>
    public static EntityTagHeaderValue Of(ulong version) => new($"\"{version.ToString("x", CultureInfo.InvariantCulture)}\"");

    /// <summary>Answers with the tag in the header <c>ETag</c>.</summary>
    public static void Say(HttpResponse response, ulong version) => response.Headers.ETag = Of(version).ToString();

    /// <summary>
    /// Compares <c>If-Match</c> with the version that is there: null when it matches, or is absent and not <paramref name="required"/>; otherwise 412, or 428 (RFC 6585) when it
    /// is absent.
    /// </summary>
    public static ProblemHttpResult? Refuse(HttpRequest request, ulong version, bool required)
    {
        IList<EntityTagHeaderValue> given = request.GetTypedHeaders().IfMatch;
        EntityTagHeaderValue current = Of(version);
        if (given.Count == 0)
        {
            return required ? ApiProblem.Of(StatusCodes.Status428PreconditionRequired, $"Say with If-Match which version is to be changed; it is {current} now.", ("etag", current.ToString())) : null;
        }

        return given.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: true))
            ? null
            : ApiProblem.Of(StatusCodes.Status412PreconditionFailed, $"It was changed in the meantime; its version is {current} now.", ("etag", current.ToString()));
    }
}
