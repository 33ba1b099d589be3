using System.Text.Json;
using IotTelemetry.Edge.Outbox;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Sampling.Occupancy;

/// <summary>The calibrations of a gateway's bays, kept in one file by <c>asset/point</c>. Used under the lock of the board it belongs to.</summary>
internal sealed class CalibrationFile
{
    /// <summary>Drift is written down so often at most: the flash is spared, and an hour of it is nothing.</summary>
    private static readonly TimeSpan DriftInterval = TimeSpan.FromHours(1);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SortedDictionary<string, Calibration> _calibrations;
    private long _savedAt;
    private bool _isOld;

    public CalibrationFile(string path, TimeProvider time, ILogger log)
    {
        _path = path;
        _time = time;
        _log = log;
        _savedAt = time.GetTimestamp();
        _calibrations = Load();
    }

    /// <summary>The calibration of a bay with so many sources; null when there is none that fits.</summary>
    public Calibration? Find(string bay, int sources) =>
        _calibrations.TryGetValue(bay, out var calibration) && calibration?.Fits(sources) == true ? calibration : null;

    /// <summary>Remembers a calibration: a new one at once, one that has drifted with the next hour.</summary>
    public void Set(string bay, Calibration calibration, bool isNew)
    {
        _calibrations[bay] = calibration;
        _isOld = true;
        if (isNew || _time.GetElapsedTime(_savedAt) >= DriftInterval)
        {
            Save();
        }
    }

    /// <summary>Writes down what has changed.</summary>
    public void Save()
    {
        if (!_isOld)
        {
            return;
        }

        _savedAt = _time.GetTimestamp();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(_calibrations, CalibrationJson.Default.SortedDictionaryStringCalibration));
            _isOld = false;
        }
        catch (IOException exception)
        {
            // It counts in memory and is tried again with the next change.
            SamplingLog.CalibrationNotSaved(_log, exception, _path);
        }
    }

    private SortedDictionary<string, Calibration> Load()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_path), CalibrationJson.Default.SortedDictionaryStringCalibration) ?? [];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            SamplingLog.CalibrationUnreadable(_log, _path, exception.Message);
            return [];
        }
    }
}
